import { SeededRandom, VirtualClock, type WireRequest, type WireResponse } from '@mnsbus/core';
import { Faults } from '../../faults/faults.js';
import { createImmService, type ImmService, type ImmServiceOptions } from '../../imm-service.js';
import { Accounts, type AccessKey, type Tenant } from '../../runtime/accounts.js';
import type { EmulatorContext } from '../../runtime/context.js';
import { TimeLine } from '../../runtime/time-line.js';
import { Journal } from '../../runtime/journal.js';
import { TEST_KEY, rpcRequest, type RpcRequestOptions, type TestParameters } from './rpc-request.js';
import { quietHints } from '../../runtime/test-support/quiet-hints.js';

/** An event that IMM has put onto a topic. */
export interface PublishedEvent {
  readonly atMs: number;
  readonly tenant: Tenant;
  readonly topicName: string;
  readonly body: string;
}

/** A reply with its body as text and as JSON. */
export interface TestReply {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
  /** The members of a JSON body; empty for XML. */
  readonly members: Readonly<Record<string, unknown>>;
}

/** IMM with a virtual clock and topics that remember. */
export interface ImmFixture {
  readonly clock: VirtualClock;
  readonly context: EmulatorContext;
  readonly service: ImmService;
  readonly published: readonly PublishedEvent[];
  /** Topics that do not exist: publishing to them fails. */
  readonly missingTopics: Set<string>;
  call(action: string, parameters?: TestParameters, options?: RpcRequestOptions): Promise<TestReply>;
  send(request: WireRequest): Promise<TestReply>;
}

/** What a fixture may be told beside the options of the service. */
export interface ImmFixtureOptions extends Partial<ImmServiceOptions> {
  readonly startMs?: number;
  readonly seed?: string;
  readonly keys?: readonly AccessKey[];
}

/** The tenant of requests whose host names no region. */
export const TEST_TENANT: Tenant = { accountId: TEST_KEY.accountId, region: 'cn-beijing' };

/** Creates IMM for a test, with no project in it. */
export function immFixture(options: ImmFixtureOptions = {}): ImmFixture {
  const { startMs, seed = 'imm-test', keys = [TEST_KEY], ...serviceOptions } = options;
  const clock = new VirtualClock(startMs);
  const published: PublishedEvent[] = [];
  const missingTopics = new Set<string>();
  const random = new SeededRandom(seed);
  const journal = new Journal(() => clock.now());
  const context: EmulatorContext = {
    clock: new TimeLine(clock),
    random,
    accounts: new Accounts(TEST_TENANT, keys),
    journal,
    faults: new Faults({ now: () => clock.now(), random: random.fork('faults'), journal }),
    hints: quietHints(),
  };
  const service = createImmService(context, {
    publish: (tenant, topicName, body) => {
      if (missingTopics.has(topicName)) return { ok: false, code: 'TopicNotExist' };
      published.push({ atMs: clock.now(), tenant, topicName, body });
      return { ok: true, messageId: `message-${published.length}` };
    },
    ...serviceOptions,
  });
  const send = async (request: WireRequest): Promise<TestReply> => readReply(await service.handle(request));
  return {
    clock,
    context,
    service,
    published,
    missingTopics,
    send,
    call: (action, parameters = {}, requestOptions = {}) =>
      send(rpcRequest({ Action: action, ...parameters }, clock.now(), requestOptions)),
  };
}

/** Reads a reply for comparison. */
export function readReply({ status, headers, body }: WireResponse): TestReply {
  const text = Buffer.from(body).toString();
  return { status, headers: new Map(headers), text, members: text.startsWith('{') ? JSON.parse(text) : {} };
}

/** The parameters of a conversion in project `demo` that publishes to topic `imm-events`. */
export const CONVERSION = {
  Project: 'demo',
  SrcUri: 'oss://bkt/in/a.pptx',
  TgtUri: 'oss://bkt/out',
  TgtType: 'png',
  NotifyEndpoint: `http://${TEST_TENANT.accountId}.mns.cn-beijing.aliyuncs.com`,
  NotifyTopicName: 'imm-events',
} as const;
