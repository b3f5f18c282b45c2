import { fc, it as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { TEST_KEY, rpcRequest } from '../imm/test-support/rpc-request.js';
import { ACCOUNT, START_MS, messageXml, subscriptionXml } from '../mns/test-support/mns-fixture.js';
import type { EmulatorInspection } from './inspection.js';
import { operatedEmulator, queueXml, type OperatedEmulator } from './test-support/operated-emulator.js';

const failure = (code: string): object => expect.objectContaining({ name: 'MnsbusError', code });

/** The key that requests to IMM are signed with. */
const IMM_ACCOUNT = { accountId: ACCOUNT, accessKeys: [TEST_KEY] };

const CONVERT = {
  Action: 'CreateOfficeConversionTask',
  Project: 'demo',
  SrcUri: 'oss://bkt/a.doc',
  TgtUri: 'oss://bkt/o',
  TgtType: 'pdf',
  NotifyTopicName: 't',
  NotifyEndpoint: `http://${ACCOUNT}.mns.cn-hangzhou.aliyuncs.com`,
};

/** Looks at everything that there is. */
function lookEverywhere(inspection: EmulatorInspection): void {
  inspection.accounts();
  for (const { name } of inspection.queues().items) inspection.messages({ queueName: name });
  for (const { name } of inspection.topics().items) inspection.subscriptions(name);
  inspection.deliveries();
  inspection.projects();
  inspection.tasks();
}

describe('inspect()', () => {
  it('shows the messages of a queue by state, in pages, with bodies and times', async () => {
    const { clock, emulator, call, receive } = operatedEmulator();
    await call('PUT', '/queues/work', queueXml({ VisibilityTimeout: 30 }));
    const ids = ['a', 'b', 'c'].map((body) => emulator.operator.send({ queueName: 'work', body }).messageId);
    await receive('work');
    await clock.advanceBy(1000);
    const late = emulator.operator.send({ queueName: 'work', body: 'late', delaySeconds: 10 }).messageId;
    const inspection = emulator.inspect();
    const first = inspection.messages({ queueName: 'work', limit: 2 });
    expect(first.items).toMatchObject([
      {
        messageId: ids[0],
        body: 'a',
        state: 'inactive',
        dequeueCount: 1,
        enqueuedAtMs: START_MS,
        firstDequeuedAtMs: START_MS,
        dueAtMs: START_MS + 30_000,
        expiresAtMs: START_MS + 345_600_000,
        offset: 0,
      },
      { messageId: ids[1] },
    ]);
    const second = inspection.messages({ queueName: 'work', limit: 2, marker: first.nextMarker ?? '' });
    expect(second.items.map(({ messageId }) => messageId)).toEqual([ids[2], late]);
    expect(second.nextMarker).toBeUndefined();
    expect(inspection.messages({ queueName: 'work', state: 'delayed' }).items).toMatchObject([{ messageId: late }]);
    await clock.advanceBy(10_000);
    expect(inspection.messages({ queueName: 'work', state: 'active' }).items).toMatchObject([{ messageId: late }]);
    expect(inspection.queue('work')).toMatchObject({ counts: { active: 1, inactive: 3, delayed: 0 } });
  });

  it('shows topics, subscriptions and what is still to be delivered', async () => {
    const { clock, emulator, call } = operatedEmulator();
    await call('PUT', '/topics/news');
    await call('PUT', '/topics/news/subscriptions/s', subscriptionXml('missing'));
    const published = await call('POST', '/topics/news/messages', messageXml('hello'));
    expect(published.status).toBe(201);
    const inspection = emulator.inspect();
    expect(inspection.topics().items).toMatchObject([{ name: 'news', messageCount: 1 }]);
    expect(inspection.subscriptions('news').items).toMatchObject([
      { name: 's', target: { kind: 'queue', queueName: 'missing' } },
    ]);
    const [pending] = inspection.deliveries();
    expect(pending).toMatchObject({ topicName: 'news', subscriptionName: 's', attempt: 2 });
    expect(pending?.dueAtMs).toBe(emulator.journal.entries('delivery-failed')[0]?.retryAtMs);
    await call('PUT', '/queues/missing', queueXml());
    await clock.advanceTo(pending?.dueAtMs ?? 0);
    expect(inspection.deliveries()).toEqual([]);
    expect(inspection.queue('missing').counts.active).toBe(1);
  });

  it('shows a push while it waits for its answer', async () => {
    let answer = (): void => {};
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    let begin = (): void => {};
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const sender = async (): Promise<{ readonly status: number }> => {
      begin();
      await answered;
      return { status: 204 };
    };
    const push = { sender, certificateUrl: 'http://127.0.0.1/certificate' };
    const { clock, emulator, call } = operatedEmulator({ push });
    await call('PUT', '/topics/news');
    const endpoint = '<Subscription><Endpoint>http://127.0.0.1:9/x</Endpoint></Subscription>';
    await call('PUT', '/topics/news/subscriptions/s', endpoint);
    emulator.operator.publish({ topicName: 'news', body: 'x' });
    expect(emulator.inspect().deliveries()).toMatchObject([{ attempt: 1, dueAtMs: START_MS }]);
    await clock.advanceBy(0);
    await begun;
    const inTheAir = emulator.inspect().deliveries();
    answer();
    await clock.advanceBy(1);
    expect(inTheAir).toMatchObject([{ attempt: 1 }]);
    expect(inTheAir[0]?.dueAtMs).toBeUndefined();
    expect(emulator.inspect().deliveries()).toEqual([]);
    emulator.close();
  });

  it('counts what each account has in each region', async () => {
    const other = { accountId: '42', accessKeys: [{ accessKeyId: 'k', accessKeySecret: 's' }] };
    const { emulator, clock, call, receive } = operatedEmulator({ accounts: [other, IMM_ACCOUNT] });
    await call('PUT', '/queues/a', queueXml());
    await call('PUT', '/topics/t');
    const imm = (parameters: Readonly<Record<string, string>>): Promise<unknown> =>
      emulator.handle(rpcRequest(parameters, clock.now()));
    await imm({ Action: 'PutProject', Project: 'demo' });
    await imm(CONVERT);
    const waiting = receive('a', 10);
    await clock.advanceBy(0);
    const counted = {
      region: 'cn-hangzhou',
      queues: 1,
      topics: 1,
      projects: 1,
      tasks: 1,
      waitingReceives: 1,
      pendingDeliveries: 0,
    };
    expect(emulator.inspect().accounts()).toEqual([
      { accountId: ACCOUNT, regions: [counted] },
      { accountId: '42', regions: [] },
    ]);
    expect(emulator.inspect().projects()).toMatchObject([{ name: 'demo', apiVersion: '2017-09-06' }]);
    expect(emulator.inspect().tasks()).toMatchObject([{ project: 'demo', state: 'running' }]);
    emulator.close();
    await waiting;
  });

  it('makes no tenant by looking for one', () => {
    const { emulator } = operatedEmulator();
    const inspection = emulator.inspect();
    expect([inspection.queues().items, inspection.topics({ region: 'cn-beijing' }).items]).toEqual([[], []]);
    expect(inspection.deliveries()).toEqual([]);
    expect(() => inspection.queue('q')).toThrow(failure('RESOURCE_NOT_FOUND'));
    expect(() => inspection.messages({ queueName: 'q' })).toThrow(failure('RESOURCE_NOT_FOUND'));
    expect(() => inspection.subscriptions('t')).toThrow(failure('RESOURCE_NOT_FOUND'));
    expect(inspection.accounts()).toEqual([{ accountId: ACCOUNT, regions: [] }]);
  });

  it.each([{ limit: 0 }, { limit: 1001 }, { limit: 1.5 }, { accountId: '7' }, { region: '' }])(
    'refuses %j',
    (choice) => {
      expect(() => operatedEmulator().emulator.inspect().queues(choice)).toThrow(failure('INVALID_ARGUMENT'));
    },
  );

  it('refuses a marker that no page gave', async () => {
    const { emulator, call } = operatedEmulator();
    await call('PUT', '/queues/q', queueXml());
    expect(() => emulator.inspect().messages({ queueName: 'q', marker: 'x' })).toThrow(failure('INVALID_ARGUMENT'));
  });
});

type Step =
  | { readonly act: 'send'; readonly delaySeconds: number }
  | { readonly act: 'receive' | 'publish' | 'task' }
  | { readonly act: 'wait'; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ act: fc.constant('send' as const), delaySeconds: fc.constantFrom(0, 1, 61) }),
  fc.record({ act: fc.constantFrom('receive' as const, 'publish' as const, 'task' as const) }),
  fc.record({ act: fc.constant('wait' as const), ms: fc.constantFrom(1, 999, 1000, 30_000, 60_000, 345_600_000) }),
);

/** Runs a program, and gives every reply and the journal. */
async function run(program: readonly Step[], look: (world: OperatedEmulator) => void): Promise<readonly unknown[]> {
  const world = operatedEmulator({ accounts: [IMM_ACCOUNT] });
  const { clock, emulator, call } = world;
  const seen: unknown[] = [];
  const keep = async (target: string, method: string, body?: string): Promise<void> => {
    const { status, text, headers } = await call(method, target, body);
    seen.push({ status, text, headers });
    look(world);
  };
  await keep('/queues/q', 'PUT', queueXml({ MessageRetentionPeriod: 60 }));
  await keep('/topics/t', 'PUT');
  await keep('/topics/t/subscriptions/s', 'PUT', subscriptionXml('q'));
  await keep('/topics/t/subscriptions/lost', 'PUT', subscriptionXml('none'));
  const imm = async (parameters: Readonly<Record<string, string>>): Promise<void> => {
    seen.push(await emulator.handle(rpcRequest(parameters, clock.now())));
    look(world);
  };
  await imm({ Action: 'PutProject', Project: 'demo' });
  for (const next of program) {
    if (next.act === 'wait') await clock.advanceBy(next.ms);
    else if (next.act === 'receive') await keep('/queues/q/messages?numOfMessages=2', 'GET');
    else if (next.act === 'publish') await keep('/topics/t/messages', 'POST', messageXml('news'));
    else if (next.act === 'send') {
      const delay = `<DelaySeconds>${next.delaySeconds}</DelaySeconds>`;
      await keep('/queues/q/messages', 'POST', messageXml('text', delay));
    } else await imm(CONVERT);
    look(world);
  }
  await keep('/queues/q', 'GET');
  emulator.close();
  return [...seen, ...emulator.journal.entries()];
}

describe('looking', () => {
  prop.prop([fc.array(step, { maxLength: 25 })], { numRuns: 50 })(
    'changes no reply and no fact, however often it is done (I14)',
    async (program) => {
      const unseen = await run(program, () => {});
      expect(await run(program, ({ emulator }) => lookEverywhere(emulator.inspect()))).toEqual(unseen);
    },
  );
});
