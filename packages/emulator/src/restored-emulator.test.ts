import { SteerableClock, VirtualClock } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import type { EmulatorOptions } from './emulator.js';
import { TEST_KEY, rpcRequest } from './imm/test-support/rpc-request.js';
import { ACCOUNT, START_MS, messageXml, subscriptionXml } from './mns/test-support/mns-fixture.js';
import { operatedEmulator, queueXml, type OperatedEmulator } from './operator/test-support/operated-emulator.js';

const OTHER = '2000000000000002';

interface Steered extends Omit<OperatedEmulator, 'clock'> {
  readonly clock: SteerableClock;
}

function steered(options: EmulatorOptions = {}): Steered {
  const clock = new SteerableClock({ mode: 'frozen', machine: new VirtualClock(START_MS) });
  const accounts = [
    { accountId: ACCOUNT, accessKeys: [TEST_KEY] },
    { accountId: OTHER, accessKeys: [{ accessKeyId: 'other', accessKeySecret: 'otherSecret' }] },
  ];
  return { ...operatedEmulator({ clock, accounts, ...options }), clock };
}

/** Lets a new emulator take up the state of another one, at the same instant. */
function restored({ emulator }: Steered): Steered {
  const other = steered();
  other.emulator.restore(JSON.parse(JSON.stringify(emulator.snapshot())));
  return other;
}

const newTask = async ({ emulator, clock }: Steered, source: string): Promise<string> => {
  const imm = (parameters: Readonly<Record<string, string>>): Promise<unknown> =>
    emulator.handle(rpcRequest(parameters, clock.now()));
  await imm({ Action: 'PutProject', Project: 'demo' });
  const uris = { SrcUri: `oss://bkt/${source}`, TgtUri: 'oss://bkt/o', TgtType: 'pdf' };
  await imm({ Action: 'CreateOfficeConversionTask', Project: 'demo', ...uris });
  return emulator.tasks.list().at(-1)?.taskId ?? '';
};

describe('a restored emulator', () => {
  it('lets its clock be steered: what was waiting happens at its instant', async () => {
    const first = steered();
    await first.call('PUT', '/queues/work', queueXml({ VisibilityTimeout: 20 }));
    await first.call('POST', '/queues/work/messages', messageXml('again'));
    await first.receive('work');
    const second = restored(first);
    const waiting = second.receive('work', 30);
    await second.clock.advanceBy(19_000);
    second.emulator.journal.expect({ kind: 'received' }, 0);
    await second.clock.advanceBy(1000);
    expect(await waiting).toMatchObject([{ body: 'again' }]);
    expect(second.clock.now()).toBe(START_MS + 20_000);
  });

  it('shows what the first one showed: queues, messages, topics, deliveries, projects and tasks', async () => {
    const first = steered();
    await first.call('PUT', '/queues/work', queueXml());
    await first.call('POST', '/queues/work/messages', messageXml('seen'));
    await first.receive('work');
    await first.call('PUT', '/topics/news');
    await first.call('PUT', '/topics/news/subscriptions/s', subscriptionXml('missing'));
    await first.call('POST', '/topics/news/messages', messageXml('x'));
    await newTask(first, 'a.doc');
    const shown = ({ emulator }: Steered): unknown => {
      const inspection = emulator.inspect();
      return [
        inspection.accounts(),
        inspection.queues(),
        inspection.messages({ queueName: 'work' }),
        inspection.topics(),
        inspection.subscriptions('news'),
        inspection.deliveries(),
        inspection.projects(),
        inspection.tasks(),
      ];
    };
    const second = restored(first);
    expect(shown(second)).toEqual(shown(first));
    expect(second.emulator.inspect().deliveries()).toMatchObject([{ subscriptionName: 's', attempt: 2 }]);
  });

  it('can be operated: its deliveries, receives and messages are those of the new state', async () => {
    const first = steered();
    await first.call('PUT', '/queues/work', queueXml());
    await first.call('POST', '/queues/work/messages', messageXml('held'));
    const [held] = await first.receive('work');
    const second = restored(first);
    const messageId = held?.messageId ?? '';
    expect(second.emulator.operator.redrive({ queueName: 'work' })).toEqual({ messageIds: [messageId] });
    expect(await second.receive('work')).toMatchObject([{ messageId, body: 'held' }]);
    const waiting = second.receive('work', 30);
    second.emulator.operator.send({ queueName: 'work', body: 'new' });
    expect(await waiting).toMatchObject([{ body: 'new' }]);
    expect(second.emulator.operator.purge({ queueName: 'work' })).toEqual({ count: 2 });
    expect(first.emulator.inspect().messages({ queueName: 'work' }).items).toMatchObject([{ body: 'held' }]);
  });

  it('lets tasks be held that were planned before, at the start that they were planned with', async () => {
    const first = steered({ imm: { queueDelayMs: 5000, durationMs: 10_000 } });
    const taskId = await newTask(first, 'a.doc');
    const second = restored(first);
    second.emulator.tasks.hold(taskId);
    const third = restored(second);
    expect(third.emulator.snapshot()).toEqual(second.emulator.snapshot());
    await third.clock.advanceBy(60_000);
    expect(third.emulator.tasks.get(taskId)).toMatchObject({ state: 'running', startedAtMs: START_MS + 5000 });
    third.emulator.tasks.hold(taskId);
    expect(restored(third).emulator.tasks.finish(taskId)).toMatchObject({ state: 'succeeded' });
  });
});

describe('the journal', () => {
  it('goes on after a restore, with one entry before all that comes of it', async () => {
    const first = steered();
    const taskId = await newTask(first, 'a.doc');
    const snapshot = first.emulator.snapshot();
    const later = steered();
    await later.call('PUT', '/queues/gone', queueXml());
    await later.clock.advanceBy(3_600_000);
    later.emulator.restore(snapshot);
    expect(later.emulator.journal.entries('operated')).toMatchObject([{ operation: 'restore' }]);
    later.emulator.journal.expectInOrder(
      { kind: 'request', operation: 'CreateQueue' },
      { kind: 'operated', operation: 'restore' },
      { kind: 'task-ended', taskId },
    );
  });

  it('has nothing of a restore that was refused', () => {
    const { emulator } = steered();
    expect(() => emulator.restore({ format: 'else' })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
    expect(emulator.journal.length).toBe(0);
  });

  it('tells of a reset, and of which account', () => {
    const { emulator } = steered();
    emulator.reset({ accountId: OTHER });
    emulator.reset();
    const [one, all] = emulator.journal.entries('operated');
    expect(one).toMatchObject({ operation: 'reset', accountId: OTHER });
    expect(all).toMatchObject({ operation: 'reset' });
    expect(all).not.toHaveProperty('accountId');
  });

  it('tells what a snapshot has found expired', async () => {
    const { emulator, clock, call } = steered();
    await call('PUT', '/queues/short', queueXml({ MessageRetentionPeriod: 60 }));
    const { messageId } = emulator.operator.send({ queueName: 'short', body: 'x' });
    await clock.advanceBy(61_000);
    emulator.snapshot();
    expect(emulator.journal.entries('expired')).toMatchObject([
      { queueName: 'short', messageId, expiredAtMs: START_MS + 60_000 },
    ]);
  });

  it('tells of the messages of what was restored as of any others', async () => {
    const first = steered();
    await first.call('PUT', '/queues/work', queueXml());
    const { messageId } = first.emulator.operator.send({ queueName: 'work', body: 'x' });
    const second = restored(first);
    await second.receive('work');
    expect(second.emulator.journal.about({ messageId }).map(({ kind }) => kind)).toEqual(['received']);
  });
});
