import type { EmulatorOptions } from '../../emulator.js';
import { TEST_KEY, rpcRequest } from '../../imm/test-support/rpc-request.js';
import type { JournalEntry } from '../../runtime/journal-entry.js';
import { emulatorWorld, textIn } from '../../test-support/emulator-world.js';

/** A request and its reply, as a recorder between client and service writes them down. */
export interface Exchange {
  readonly method: string;
  readonly target: string;
  readonly status: number;
  readonly location: string | undefined;
  readonly text: string;
  readonly sentAtMs: number;
  readonly tookMs: number;
}

/** What a session was. */
export interface Session {
  readonly exchanges: readonly Exchange[];
  readonly journal: readonly JournalEntry[];
}

const NAMESPACE = 'http://mns.aliyuncs.com/doc/v1';
const QUEUE = '/queues/conf-q';
const TOPIC = '/topics/conf-t';
const TOPIC_QUEUE = '/queues/conf-tq';
const SUBSCRIPTION = `${TOPIC}/subscriptions/conf-ts`;
const ONE = 'numOfMessages=1&waitseconds=1';
const MANY = 'numOfMessages=16&waitseconds=1';
const CASE = property('case', 'ack', 'STRING');
const ORIGIN = property('topicoriginated', 'true', 'BOOLEAN');

function property(name: string, value: string, type: string): string {
  return `<PropertyValue><Name>${name}</Name><Value>${value}</Value><Type>${type}</Type></PropertyValue>`;
}

const document = (root: string, content: string): string => `<${root} xmlns="${NAMESPACE}">${content}</${root}>`;
const message = (body: string, properties = CASE): string =>
  `<MessageBody>${body}</MessageBody><UserProperties>${properties}</UserProperties>`;
const handleIn = (text: string): string => textIn(text, 'ReceiptHandle');

/**
 * Does what the recorded suite of the live service did (spec mns §0.3, R1), in its order and at its pace: makes what it needs once
 * more, drains, sends one by one, receives, gives back, deletes, counts, and the same behind a topic. Then a batch, and tasks.
 */
export async function recordedSession(options: Pick<EmulatorOptions, 'profile' | 'seed'>): Promise<Session> {
  const key = { accessKeyId: TEST_KEY.accessKeyId, accessKeySecret: TEST_KEY.accessKeySecret };
  const { clock, emulator, reply } = emulatorWorld({
    ...options,
    accounts: [{ accountId: TEST_KEY.accountId, accessKeys: [key] }],
    resources: {
      queues: [{ name: 'conf-q' }, { name: 'conf-tq' }],
      topics: [{ name: 'conf-t', subscriptions: [{ name: 'conf-ts', queue: 'conf-tq', notifyContentFormat: 'JSON' }] }],
      projects: [{ name: 'conf' }],
    },
  });
  const exchanges: Exchange[] = [];
  const exchange = async (method: string, target: string, body = ''): Promise<string> => {
    const sentAtMs = clock.now();
    const { status, headers, body: bytes } = await reply(method, target, body);
    const text = Buffer.from(bytes).toString('utf8');
    const location = headers.find(([name]) => name === 'Location')?.[1];
    exchanges.push({ method, target, status, location, text, sentAtMs, tookMs: clock.now() - sentAtMs });
    return text;
  };
  const receive = (queue: string, query: string): Promise<string> => exchange('GET', `${queue}/messages?${query}`);
  /** Polls until something comes, as the suite does. */
  const next = async (queue: string): Promise<string> => {
    let text = '';
    for (let polls = 0; handleIn(text) === '' && polls < 20; polls += 1) text = await receive(queue, ONE);
    return handleIn(text);
  };
  const remove = (queue: string, ...handles: readonly string[]): Promise<string> => {
    const list = handles.map((handle) => `<ReceiptHandle>${handle}</ReceiptHandle>`).join('');
    return exchange('DELETE', `${queue}/messages`, document('ReceiptHandles', list));
  };
  const send = (body: string): Promise<string> =>
    exchange('POST', `${QUEUE}/messages`, document('Messages', `<Message>${message(body)}</Message>`));

  await exchange('PUT', QUEUE, document('Queue', '<LoggingEnabled>false</LoggingEnabled>'));
  await receive(QUEUE, MANY);
  await exchange('GET', QUEUE);
  for (const body of ['batch-ack-1', 'batch-ack-2', 'batch-ack-3']) {
    await send(body);
    await clock.advanceBy(450);
  }
  await exchange('GET', QUEUE);
  for (let round = 0; round < 3; round += 1) await remove(QUEUE, await next(QUEUE));
  await exchange('GET', QUEUE);

  await send('it-nack-test');
  await clock.advanceBy(450);
  const change = `ReceiptHandle=${await next(QUEUE)}&VisibilityTimeout=1`;
  await remove(QUEUE, handleIn(await exchange('PUT', `${QUEUE}/messages?${change}`)));

  await exchange('PUT', TOPIC, document('Topic', '<LoggingEnabled>false</LoggingEnabled>'));
  const endpoint = `<Endpoint>acs:mns:cn-hangzhou:${TEST_KEY.accountId}${TOPIC_QUEUE.replace('/queues', ':queues')}</Endpoint>`;
  const format = '<NotifyContentFormat>JSON</NotifyContentFormat>';
  await exchange('PUT', SUBSCRIPTION, document('Subscription', endpoint + format));
  await exchange('POST', `${TOPIC}/messages`, document('Message', message('it-ack-test', ORIGIN + CASE)));
  await clock.advanceBy(450);
  await remove(TOPIC_QUEUE, await next(TOPIC_QUEUE));

  const ten = Array.from({ length: 10 }, (_, index) => `<Message>${message(`Message ${index}`)}</Message>`).join('');
  await exchange('POST', `${QUEUE}/messages`, document('Messages', ten));
  await receive(QUEUE, MANY);

  for (let task = 0; task < 3; task += 1) {
    const parameters = {
      Action: 'CreateOfficeConversionTask',
      Project: 'conf',
      SrcUri: `oss://conf/${task}.docx`,
      TgtUri: 'oss://conf/out',
      TgtType: 'pdf',
      NotifyEndpoint: `http://${TEST_KEY.accountId}.mns.cn-hangzhou.aliyuncs.com`,
      NotifyTopicName: 'conf-t',
    };
    await clock.runUntil(emulator.handle(rpcRequest(parameters, clock.now())));
  }
  await clock.advanceBy(120_000);
  emulator.close();
  return { exchanges, journal: emulator.journal.entries() };
}
