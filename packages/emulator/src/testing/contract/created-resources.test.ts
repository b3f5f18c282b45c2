import { describe, expect, it } from 'vitest';
import type { ContractRequest, ContractTarget } from './contract-target.js';
import { CreatedResources } from './created-resources.js';
import { createQueue, createTopic, deleteQueue } from './requests.js';
import { runContract } from './run-contract.js';
import { emulatorTarget } from './targets/emulator-target.js';

const listQueues: ContractRequest = {
  operation: 'ListQueue',
  method: 'GET',
  resource: '/queues',
  root: 'Queues',
  body: '',
};

/** The target, whose calls of one kind fail in a way. */
function failing(target: ContractTarget, fails: (request: ContractRequest) => boolean): ContractTarget {
  return {
    ...target,
    call: async (request) => {
      if (!fails(request)) return target.call(request);
      await target.call(request);
      throw new Error('the answer was lost');
    },
  };
}

describe('what a run creates', () => {
  it('is removed when the run is over, but for what was removed before', async () => {
    const target = await emulatorTarget();
    const created = new CreatedResources(target);
    for (const request of [createQueue('a'), createQueue('b'), createTopic('t'), deleteQueue('a')]) {
      await created.target.call(request);
    }
    await target.call(createQueue('not-ours'));
    expect(created.requests).toBe(4);
    await created.removeAll();
    expect(created.requests).toBe(6);
    expect((await target.call(listQueues)).items.map((item) => item['QueueName'])).toEqual(['not-ours']);
  });

  it('is removed when its creation was never answered', async () => {
    const target = await emulatorTarget();
    const created = new CreatedResources(failing(target, ({ operation }) => operation === 'CreateQueue'));
    await expect(created.target.call(createQueue('a'))).rejects.toThrow('lost');
    await created.removeAll();
    expect((await target.call(listQueues)).items).toEqual([]);
  });

  it('is tried to the last when a removal fails, which is told', async () => {
    const target = await emulatorTarget();
    const created = new CreatedResources(failing(target, ({ resource }) => resource === '/queues/a'));
    await created.target.call(createQueue('a')).catch(() => {});
    await created.target.call(createQueue('b'));
    await expect(created.removeAll()).rejects.toThrow('lost');
    expect((await target.call(listQueues)).items).toEqual([]);
  });

  it('is removed when the run fails, and the failure is what the run rejects with', async () => {
    const target = await emulatorTarget();
    let calls = 0;
    const broken = failing(target, () => {
      calls += 1;
      return calls === 40;
    });
    await expect(runContract(broken, { seed: 1, runs: 5, concurrentRuns: 0 })).rejects.toThrow('the answer was lost');
    expect((await target.call(listQueues)).items).toEqual([]);
  });
});
