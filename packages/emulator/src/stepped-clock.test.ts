import { fc, it as prop } from '@fast-check/vitest';
import { SteerableClock, VirtualClock } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import { createEmulator, type Emulator, type EmulatorOptions } from './emulator.js';
import { rpcRequest } from './imm/test-support/rpc-request.js';
import {
  START_MS,
  decode,
  messageXml,
  signedRequest,
  valuesIn,
  type TestReply,
} from './mns/test-support/mns-fixture.js';
import { operatedEmulator, queueXml } from './operator/test-support/operated-emulator.js';
import { STEP_KEY, opening, steps, type StepMemory } from './test-support/emulator-steps.js';

// What happens when somebody sets the clock of the machine.

const OPTIONS: EmulatorOptions = {
  seed: 'stepped',
  region: 'cn-hangzhou',
  imm: {
    queueDelayMs: { kind: 'uniform', leastMs: 0, mostMs: 900 },
    durationMs: { kind: 'uniform', leastMs: 0, mostMs: 9000 },
    events: { duplicateProbability: 0.2, delayProbability: 0.2, reorderProbability: 0.3 },
  },
};

/** Seconds, hours and days, back and forward. */
const setBy = fc.oneof(
  fc.constantFrom(-1000, -3_600_000, -172_800_000, 172_800_000, 3_600_000, 2000),
  fc.integer({ min: -1e9, max: 1e9 }).filter((stepMs) => Math.abs(stepMs) > 100),
);

/** What has happened, without what it was called. */
function happened({ journal }: Emulator): readonly unknown[] {
  return journal
    .entries()
    .filter(({ kind }) => kind !== 'time')
    .map((entry) => {
      const unnamed = Object.entries(entry).filter(([name]) => !/AtMs$|^(?:sequence|atMs|requestId)$/.test(name));
      return Object.fromEntries(unnamed);
    });
}

describe('a clock that is set', () => {
  prop.prop([steps({ maxLength: 50 }), fc.array(fc.tuple(fc.nat(50), setBy), { maxLength: 8 })], { numRuns: 60 })(
    'changes nothing of what happens, nor its order',
    async (story, corrections) => {
      const worlds = [false, true].map((isSet) => {
        const clock = new VirtualClock(START_MS);
        const memory: StepMemory = { handles: [], taskIds: [] };
        return { isSet, clock, memory, emulator: createEmulator({ ...OPTIONS, clock }) };
      });
      for (const { isSet, clock, memory, emulator } of worlds) {
        for (const [index, step] of [...opening, ...story].entries()) {
          await step.run([{ emulator, clock }], memory);
          for (const [at, stepMs] of corrections) if (isSet && at === index) clock.stepWall(stepMs);
        }
        await clock.advanceBy(100_000);
      }
      const [undisturbed, set] = worlds.map(({ emulator }) => happened(emulator));
      expect(set).toEqual(undisturbed);
    },
    60_000,
  );

  const CORRECTIONS = [-5000, -3_600_000, -172_800_000, 3_600_000, 172_800_000] as const;

  it.each(CORRECTIONS)('ends no delay and no lease early or late (by %d ms)', async (stepMs) => {
    const { clock, call, receive } = operatedEmulator();
    await call('PUT', '/queues/work', queueXml({ VisibilityTimeout: 30 }));
    await call('POST', '/queues/work/messages', messageXml('leased'));
    await receive('work');
    await call('POST', '/queues/work/messages', messageXml('delayed', '<DelaySeconds>20</DelaySeconds>'));
    const waiting = receive('work', 30);
    await clock.advanceBy(1000);
    clock.stepWall(stepMs);
    await clock.advanceBy(18_999);
    expect(await receive('work')).toEqual([]);
    await clock.advanceBy(1);
    expect(await waiting).toMatchObject([{ body: 'delayed' }]);
    await clock.advanceBy(9999);
    expect(await receive('work')).toEqual([]);
    await clock.advanceBy(1);
    expect(await receive('work')).toMatchObject([{ body: 'leased' }]);
  });

  it.each(CORRECTIONS)('keeps messages and tokens as long as ever (by %d ms)', async (stepMs) => {
    const { clock, emulator, call } = operatedEmulator();
    await call('PUT', '/queues/work', queueXml({ MessageRetentionPeriod: 60 }));
    await call('POST', '/queues/work/messages', messageXml('kept'));
    const key = emulator.issueSecurityToken({ durationSeconds: 60 });
    const listed = async (): Promise<number> => {
      const headers: readonly [string, string][] = [['security-token', key.securityToken]];
      const request = signedRequest(clock.now(), 'GET', '/queues', '', { key, headers });
      return (await emulator.handle(request)).status;
    };
    clock.stepWall(stepMs);
    await clock.advanceBy(59_999);
    expect([await listed(), emulator.inspect().messages({ queueName: 'work' }).items.length]).toEqual([200, 1]);
    await clock.advanceBy(1);
    expect([await listed(), emulator.inspect().messages({ queueName: 'work' }).items.length]).toEqual([403, 0]);
  });

  it.each(CORRECTIONS)('neither holds a task up nor hurries it (by %d ms)', async (stepMs) => {
    const { clock, emulator } = operatedEmulator({ imm: { durationMs: 60_000 } });
    const imm = (parameters: Readonly<Record<string, string>>): Promise<unknown> =>
      emulator.handle(rpcRequest({ AccessKeyId: STEP_KEY.accessKeyId, ...parameters }, clock.now(), STEP_KEY));
    await imm({ Action: 'PutProject', Project: 'demo' });
    const uris = { SrcUri: 'oss://bkt/a.docx', TgtUri: 'oss://bkt/o', TgtType: 'pdf' };
    await imm({ Action: 'CreateOfficeConversionTask', Project: 'demo', ...uris });
    await clock.advanceBy(10_000);
    clock.stepWall(stepMs);
    await clock.advanceBy(49_999);
    expect(emulator.tasks.list()).toMatchObject([{ state: 'running', submittedAtMs: START_MS }]);
    await clock.advanceBy(1);
    expect(emulator.tasks.list()).toMatchObject([
      { state: 'succeeded', submittedAtMs: START_MS, endedAtMs: START_MS + 60_000 + stepMs },
    ]);
    emulator.journal.expect({ kind: 'task-ended', atMs: clock.now() });
  });

  it('is what names instants: those before as it was, those to come as it is', async () => {
    const { clock, call } = operatedEmulator();
    await call('PUT', '/queues/work', queueXml({ VisibilityTimeout: 30 }));
    await call('POST', '/queues/work/messages', messageXml('m'));
    await clock.advanceBy(1000);
    clock.stepWall(-3_600_000);
    const reply = await call('GET', '/queues/work/messages');
    const named = (name: string): number => Number(valuesIn(reply, name)[0]);
    expect(named('EnqueueTime')).toBe(START_MS);
    expect(named('FirstDequeueTime')).toBe(clock.now());
    expect(named('NextVisibleTime')).toBe(clock.now() + 30_000);
    const [receiptHandle = ''] = valuesIn(reply, 'ReceiptHandle');
    const held = await call('PUT', `/queues/work/messages?receiptHandle=${receiptHandle}&visibilityTimeout=60`);
    expect(Number(valuesIn(held, 'NextVisibleTime')[0])).toBe(clock.now() + 60_000);
    await call('PUT', '/queues/later');
    const later = await call('GET', '/queues/later');
    expect(Number(valuesIn(later, 'CreateTime')[0])).toBe(Math.floor(clock.now() / 1000));
  });

  it('is what the dates of requests are judged by', async () => {
    const { clock, emulator } = operatedEmulator();
    const dated = async (nowMs: number): Promise<TestReply> =>
      decode(await emulator.handle(signedRequest(nowMs, 'GET', '/queues', '')));
    clock.stepWall(-3_600_000);
    expect((await dated(clock.now())).status).toBe(200);
    expect((await dated(clock.now() + 3_600_000)).status).toBe(408);
  });
});

describe('a clock that is steered', () => {
  it('holds nothing up when it goes back to the machine’s time', async () => {
    const clock = new SteerableClock({ mode: 'offset', machine: new VirtualClock(START_MS) });
    const { call, receive } = operatedEmulator({ clock });
    await call('PUT', '/queues/work', queueXml({ VisibilityTimeout: 30 }));
    await call('POST', '/queues/work/messages', messageXml('m'));
    await clock.advanceBy(600_000);
    await receive('work');
    await clock.setMode('real');
    expect(clock.now()).toBe(START_MS);
    await clock.setMode('offset');
    await clock.advanceBy(30_000);
    expect(await receive('work')).toMatchObject([{ body: 'm' }]);
  });
});
