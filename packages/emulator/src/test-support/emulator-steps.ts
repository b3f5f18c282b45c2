import { fc } from '@fast-check/vitest';
import type { VirtualClock, WireRequest } from '@mnsbus/core';
import type { Emulator } from '../emulator.js';
import { rpcRequest, type TestParameters } from '../imm/test-support/rpc-request.js';
import { messageXml, signedRequest, subscriptionXml } from '../mns/test-support/mns-fixture.js';

// What clients may do to a whole emulator, as requests that several emulators get byte for byte.

/** The account of these emulators' requests. */
export const STEP_KEY = { accessKeyId: 'emuKey', accessKeySecret: 'emuSecret' };

/** An emulator and the clock that is its own. */
export interface Subject {
  readonly emulator: Emulator;
  readonly clock: VirtualClock;
}

/** What clients remember. */
export interface StepMemory {
  /** Every receipt handle that was given out, with its queue. */
  readonly handles: { readonly queueName: string; readonly receiptHandle: string }[];
  readonly taskIds: string[];
}

/** Something that a client does; carried out on every subject alike, it gives what each of them answers. */
export interface Step {
  readonly text: string;
  readonly run: (subjects: readonly Subject[], memory: StepMemory) => Promise<readonly string[]>;
}

const ENDPOINT = 'http://1000000000000001.mns.cn-hangzhou.aliyuncs.com';
const QUEUES = ['orders', 'bills', 'absent-at-first'];
const TOPICS = ['events', 'news'];

type Requested = (nowMs: number, memory: StepMemory) => WireRequest;

function request(text: string, of: Requested): Step {
  return {
    text,
    run: async (subjects, memory) => {
      const wire = of(subjects[0]?.clock.now() ?? 0, memory);
      const answers = await Promise.all(subjects.map(async ({ emulator }) => answerOf(emulator, wire)));
      remember(wire, answers[0] ?? '', memory);
      return answers;
    },
  };
}

async function answerOf({ handle }: Emulator, wire: WireRequest): Promise<string> {
  const { status, headers, body } = await handle(wire);
  return [status, ...headers.map(([name, value]) => `${name}: ${value}`), Buffer.from(body).toString()].join('\n');
}

function remember({ target }: WireRequest, answer: string, { handles, taskIds }: StepMemory): void {
  const queueName = /^\/queues\/([\w-]+)/.exec(target)?.[1];
  for (const [, receiptHandle = ''] of answer.matchAll(/<ReceiptHandle>([^<]*)</g)) {
    if (queueName !== undefined) handles.push({ queueName, receiptHandle });
  }
  for (const [, taskId = ''] of answer.matchAll(/"TaskId":"([^"]+)"/g)) taskIds.push(taskId);
}

const mns = (text: string, method: string, target: string, body = ''): Step =>
  request(text, (nowMs) => signedRequest(nowMs, method, target, body, { key: STEP_KEY }));

const imm = (text: string, parameters: (memory: StepMemory) => TestParameters): Step =>
  request(text, (nowMs, memory) =>
    rpcRequest({ AccessKeyId: STEP_KEY.accessKeyId, ...parameters(memory) }, nowMs, {
      accessKeySecret: STEP_KEY.accessKeySecret,
      headers: [['Host', 'imm.cn-hangzhou.aliyuncs.com']],
    }),
  );

const byHandle = (text: string, index: number, method: string, of: (handle: string) => string): Step =>
  request(`${text} -${index}`, (nowMs, { handles }) => {
    const held = handles[handles.length - 1 - (index % Math.max(1, handles.length))];
    const { queueName, receiptHandle } = held ?? { queueName: 'orders', receiptHandle: 'none' };
    return signedRequest(nowMs, method, `/queues/${queueName}/messages?${of(receiptHandle)}`, '', { key: STEP_KEY });
  });

const queueName = fc.constantFrom(...QUEUES);
const topicName = fc.constantFrom(...TOPICS);

const createQueue = fc
  .tuple(queueName, fc.constantFrom(0, 3), fc.constantFrom(2, 30), fc.constantFrom(60, 3600))
  .map(([name, delay, visibility, retention]) =>
    mns(
      `create queue ${name}`,
      'PUT',
      `/queues/${name}`,
      `<Queue><DelaySeconds>${delay}</DelaySeconds><VisibilityTimeout>${visibility}</VisibilityTimeout>` +
        `<MessageRetentionPeriod>${retention}</MessageRetentionPeriod></Queue>`,
    ),
  );

const send = fc
  .tuple(
    queueName,
    fc.constantFrom('a', '&<>', '漢字', 'x'.repeat(500)),
    fc.constantFrom(1, 8, 16),
    fc.constantFrom('', 0, 4),
  )
  .map(([name, body, priority, delay]) =>
    mns(
      `send ${body.slice(0, 5)} to ${name}`,
      'POST',
      `/queues/${name}/messages`,
      messageXml(
        body,
        `<Priority>${priority}</Priority>${delay === '' ? '' : `<DelaySeconds>${delay}</DelaySeconds>`}` +
          '<UserProperties><PropertyValue><Name>k</Name><Value>v</Value><Type>STRING</Type></PropertyValue></UserProperties>',
      ),
    ),
  );

const subscribe = fc
  .tuple(
    topicName,
    fc.constantFrom('one', 'two', 'three'),
    queueName,
    fc.constantFrom('JSON', 'XML', 'SIMPLIFIED'),
    fc.constantFrom('BACKOFF_RETRY', 'EXPONENTIAL_DECAY_RETRY'),
    fc.constantFrom('', '<FilterTag>red</FilterTag>'),
  )
  .map(([topic, name, queue, format, strategy, filter]) =>
    mns(
      `subscribe ${queue} to ${topic} as ${name}`,
      'PUT',
      `/topics/${topic}/subscriptions/${name}`,
      subscriptionXml(
        queue,
        `${filter}<NotifyStrategy>${strategy}</NotifyStrategy><NotifyContentFormat>${format}</NotifyContentFormat>`,
      ),
    ),
  );

const convert = fc
  .tuple(fc.constantFrom('a.docx', 'slow-40000/a.docx', 'fail-ConvertTimeout/b.docx', 'hold/c.docx'), fc.boolean())
  .map(([source, repeatable]) =>
    imm(`convert ${source}`, () => ({
      Action: 'CreateOfficeConversionTask',
      Project: 'demo',
      SrcUri: `oss://bkt/${source}`,
      TgtUri: 'oss://bkt/out',
      TgtType: 'png',
      NotifyEndpoint: ENDPOINT,
      NotifyTopicName: 'events',
      ...(repeatable ? { IdempotentToken: 'once' } : {}),
    })),
  );

const convertNow = fc.constantFrom('x.mp4', 'slow-9000/y.mp4').map((source) =>
  imm(`moderate ${source}`, () => ({
    Version: '2020-09-30',
    Action: 'CreateVideoModerationTask',
    ProjectName: 'demo',
    SourceURI: `oss://bkt/${source}`,
    Notification: JSON.stringify({ MNS: { TopicName: 'events' } }),
  })),
);

const indexed = fc.nat({ max: 5 });

/** What every story begins with, so that the rest finds something to work on. */
export const opening: readonly Step[] = [
  mns('create orders', 'PUT', '/queues/orders'),
  mns('create events', 'PUT', '/topics/events'),
  mns('subscribe orders', 'PUT', '/topics/events/subscriptions/first', subscriptionXml('orders')),
  mns('subscribe a queue to come', 'PUT', '/topics/events/subscriptions/early', subscriptionXml('absent-at-first')),
  imm('put demo', () => ({ Action: 'PutProject', Project: 'demo' })),
  imm('create demo', () => ({ Version: '2020-09-30', Action: 'CreateProject', ProjectName: 'demo' })),
];

/** Everything that a step can be; what waits for time is far more frequent than what takes queues away. */
export const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: createQueue },
  { weight: 6, arbitrary: send },
  { weight: 3, arbitrary: subscribe },
  { weight: 3, arbitrary: convert },
  { weight: 2, arbitrary: convertNow },
  {
    weight: 5,
    arbitrary: fc
      .tuple(queueName, fc.constantFrom(1, 3, 16))
      .map(([name, count]) =>
        mns(`receive ${count} of ${name}`, 'GET', `/queues/${name}/messages?numOfMessages=${count}`),
      ),
  },
  {
    weight: 3,
    arbitrary: indexed.map((index) => byHandle('delete', index, 'DELETE', (handle) => `ReceiptHandle=${handle}`)),
  },
  {
    weight: 2,
    arbitrary: indexed.map((index) =>
      byHandle('hold', index, 'PUT', (handle) => `receiptHandle=${handle}&visibilityTimeout=5`),
    ),
  },
  { weight: 2, arbitrary: topicName.map((name) => mns(`create topic ${name}`, 'PUT', `/topics/${name}`)) },
  {
    weight: 5,
    arbitrary: fc
      .tuple(topicName, fc.constantFrom('', '<MessageTag>red</MessageTag>'))
      .map(([name, tag]) => mns(`publish to ${name}`, 'POST', `/topics/${name}/messages`, messageXml('news', tag))),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(topicName, fc.constantFrom('one', 'two'))
      .map(([topic, name]) => mns(`unsubscribe ${name}`, 'DELETE', `/topics/${topic}/subscriptions/${name}`)),
  },
  { weight: 1, arbitrary: queueName.map((name) => mns(`delete queue ${name}`, 'DELETE', `/queues/${name}`)) },
  { weight: 1, arbitrary: topicName.map((name) => mns(`delete topic ${name}`, 'DELETE', `/topics/${name}`)) },
  {
    weight: 1,
    arbitrary: fc.constant(
      mns('tell the account', 'PUT', '/?accountmeta=true', '<Account><LoggingBucket>b</LoggingBucket></Account>'),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      imm('put project', () => ({ Action: 'PutProject', Project: 'demo' })),
      imm('create project', () => ({ Version: '2020-09-30', Action: 'CreateProject', ProjectName: 'demo' })),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constant(imm('delete project', () => ({ Action: 'DeleteProject', Project: 'demo' }))),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ...QUEUES.map((name) => mns(`look at ${name}`, 'GET', `/queues/${name}`)),
      ...TOPICS.map((name) => mns(`look at ${name}`, 'GET', `/topics/${name}`)),
      imm('list', () => ({ Action: 'ListOfficeConversionTask', Project: 'demo' })),
      imm('list now', () => ({ Version: '2020-09-30', Action: 'ListTasks', ProjectName: 'demo' })),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constant<Step>({
      text: 'issue a temporary key',
      run: async (subjects) => subjects.map(({ emulator }) => JSON.stringify(emulator.issueSecurityToken())),
    }),
  },
  {
    weight: 2,
    arbitrary: indexed.map((index): Step => ({
      text: `finish task -${index}`,
      run: async (subjects, { taskIds }) => {
        const taskId = taskIds[taskIds.length - 1 - (index % Math.max(1, taskIds.length))] ?? 'none';
        return subjects.map(({ emulator }) => attempt(() => emulator.tasks.finish(taskId)));
      },
    })),
  },
  {
    weight: 7,
    arbitrary: fc.constantFrom(1, 120, 700, 2000, 11_000, 70_000).map((ms): Step => ({
      text: `wait ${ms}`,
      run: async (subjects) => {
        for (const { clock } of subjects) await clock.advanceBy(ms);
        return subjects.map(() => '');
      },
    })),
  },
);

function attempt(act: () => unknown): string {
  try {
    return JSON.stringify(act());
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Steps as a failing property prints them. */
export function steps(constraints: fc.ArrayConstraints): fc.Arbitrary<readonly Step[]> {
  return fc.array(
    step.map((one) => Object.assign(one, { [fc.toStringMethod]: () => one.text })),
    constraints,
  );
}
