import { SeededRandom, VirtualClock } from '@mnsbus/core';
import { z } from 'zod';
import { Accounts, type Tenant } from '../../runtime/accounts.js';
import { Faults } from '../../faults/faults.js';
import type { EmulatorContext } from '../../runtime/context.js';
import { TimeLine } from '../../runtime/time-line.js';
import { Journal } from '../../runtime/journal.js';
import type { ImmOptions } from '../imm-options.js';
import type { ImmWorld, TaskSubmission } from '../imm-world.js';
import type { RpcCall } from '../rpc/api-version.js';
import { FieldReader } from '../rpc/field-reader.js';
import { RpcFault } from '../rpc/rpc-fault.js';
import { TaskScript } from '../script/task-script.js';
import type { TaskKind } from '../task-kind.js';
import { TaskRoom } from '../task-room.js';
import { tasksByHand, type EmulatorTasks } from '../tasks-by-hand.js';
import type { PublishResult } from '../tenant-driver.js';
import { VersionRunner } from '../version-runner.js';
import { TEST_KEY } from './rpc-request.js';
import { quietHints } from '../../runtime/test-support/quiet-hints.js';

/** A kind of task that runs for a second, and whose result shows all that it may depend on. */
export const COUNTING: TaskKind = {
  action: 'CreateCountingTask',
  taskType: 'Counting',
  idPrefix: 'Counting-',
  sourceUris: (request) => [String(request['SourceURI'])],
  defaultDurationMs: 1000,
  result: (request, random) => ({ of: request['SourceURI'], count: random.integer(0, 1_000_000) }),
  eventText: ({ taskId, state, endedAtMs }, { region }) => `${taskId} ${state} at ${endedAtMs} in ${region}`,
};

/** A text that a task has put onto a topic. */
export interface PublishedText {
  readonly atMs: number;
  readonly topicName: string;
  readonly tenant: Tenant;
  readonly body: string;
}

/** One API version with no actions: a test submits through the world that actions would get. */
export interface RunnerFixture {
  readonly clock: VirtualClock;
  readonly journal: Journal;
  readonly context: EmulatorContext;
  readonly faults: Faults;
  readonly world: ImmWorld<null>;
  readonly runner: VersionRunner<null>;
  readonly tasks: EmulatorTasks;
  readonly published: readonly PublishedText[];
  /** A call of the default tenant, or of another region. */
  call(region?: string): RpcCall;
  /** Submits to project `demo`, with an event for topic `topic`. */
  submit(sourceUri?: string, submission?: Partial<TaskSubmission>, kind?: TaskKind): string;
}

/** Creates it with project `demo` in regions `cn-beijing` and `cn-shanghai`. */
export function runnerFixture(
  options: ImmOptions & {
    readonly seed?: string;
    readonly version?: string;
    readonly publish?: (atMs: number) => PublishResult;
  } = {},
): RunnerFixture {
  const { seed = 'runner', version = '2017-09-06', publish, ...script } = options;
  const clock = new VirtualClock();
  const journal = new Journal(() => clock.now());
  const tenant: Tenant = { accountId: TEST_KEY.accountId, region: 'cn-beijing' };
  const random = new SeededRandom(seed);
  const context: EmulatorContext = {
    clock: new TimeLine(clock),
    random,
    accounts: new Accounts(tenant, [TEST_KEY]),
    journal,
    faults: new Faults({ now: () => clock.now(), random: random.fork('faults'), journal }),
    hints: quietHints(),
  };
  const published: PublishedText[] = [];
  let given: ImmWorld<null> | undefined;
  const runner = new VersionRunner<null>(
    {
      version,
      faultOf: (refusal) => new RpcFault(400, refusal, refusal),
      projectRecord: z.null(),
      api: (world) => {
        given = world;
        return { version, actions: new Map(), kinds: [COUNTING] };
      },
    },
    context,
    new TaskScript(script),
    (owner, topicName, body) => {
      const result = publish?.(clock.now()) ?? { ok: true, messageId: `message-${published.length + 1}` };
      if (result.ok) published.push({ atMs: clock.now(), topicName, tenant: owner, body });
      return result;
    },
    new TaskRoom(script.maxStoredBytes ?? Number.POSITIVE_INFINITY),
  );
  if (given === undefined) throw new Error('the version was not given its world');
  const world = given;
  let requests = 0;
  const call = (region: string = tenant.region): RpcCall => {
    requests += 1;
    return {
      fields: new FieldReader(new Map()),
      tenant: { ...tenant, region },
      nowMs: clock.now(),
      wallMs: clock.now(),
      requestId: `request-${requests}`,
    };
  };
  for (const region of ['cn-beijing', 'cn-shanghai']) {
    world.carryOut(call(region), { type: 'createProject', name: 'demo', record: null });
  }
  return {
    clock,
    context,
    journal,
    faults: context.faults,
    world,
    runner,
    tasks: tasksByHand([runner], context),
    published,
    call,
    submit: (sourceUri = 'oss://bkt/a', submission = {}, kind = COUNTING) =>
      world.submit(call(), kind, {
        project: 'demo',
        request: { SourceURI: sourceUri },
        notify: { topicName: 'topic', endpoint: '' },
        ...submission,
      }).taskId,
  };
}
