import { ConnectionLost, HttpConnection } from '../load/http-connection.js';
import { drive, type Step } from '../load/drive.js';
import { accepted, type BatchRequests, type QueueRequests } from '../protocols/protocol.js';
import { OURS, type Contender } from '../servers/contender.js';
import { processorMs } from '../servers/processor-time.js';

/** One rate of one contender in one round. */
export interface ThroughputSample {
  readonly contender: string;
  readonly workload: Workload;
  readonly connections: number;
  /** From 0. */
  readonly round: number;
  readonly messagesPerSecond: number;
  /** Processor time of the server; `NaN` where the system does not tell. */
  readonly processorMicrosecondsPerMessage: number;
}

/** What is done with messages. */
export type Workload = (typeof WORKLOADS)[number];

/** All workloads, in the order of the tables. */
export const WORKLOADS = ['send', 'receive + delete', 'send 16', 'receive + delete 16'] as const;

/** How many connections work at once. */
export const CONNECTIONS: readonly number[] = [1, 16];

/** How long it may take. */
export interface ThroughputPlan {
  readonly rounds: number;
  /** Of each workload in each round. */
  readonly durationMs: number;
}

/**
 * Runs all workloads on all contenders, round by round, so that a slow minute of the machine hits everyone.
 *
 * A first round is thrown away: it is spent on compilers. Every round has a new queue, and receives what it sent.
 * Another server that hangs up on its clients loses its turn, and `tell` hears of it; that ours does is an error.
 */
export async function measureThroughput(
  contenders: readonly Contender[],
  { rounds, durationMs }: ThroughputPlan,
  tell: (line: string) => void = () => {},
): Promise<readonly ThroughputSample[]> {
  const samples: ThroughputSample[] = [];
  for (let round = -1; round < rounds; round += 1) {
    for (const connections of CONNECTIONS) {
      // Whoever comes second finds another machine: caches, clock rate, a collection of the client's that was due.
      for (const contender of round % 2 === 0 ? contenders : contenders.toReversed()) {
        try {
          for await (const rate of workThrough(contender, connections, round, durationMs)) {
            if (round >= 0) samples.push({ contender: contender.name, connections, round, ...rate });
          }
        } catch (cause) {
          const reason = cause instanceof Error ? cause.message : String(cause);
          const end = contender.end?.();
          const what =
            `${contender.name}, ${connections} connections, round ${round}: ${reason}` +
            (end === undefined ? '' : ` – its process has ended with ${end}`);
          const mayGoOn = cause instanceof ConnectionLost && contender.name !== OURS && end === undefined;
          if (!mayGoOn) throw new Error(what, { cause });
          tell(`left out of a round: ${what}`);
        }
      }
    }
  }
  return samples;
}

type Rate = Omit<ThroughputSample, 'contender' | 'connections' | 'round'>;

async function* workThrough(
  { port, protocol, pid }: Contender,
  connections: number,
  round: number,
  durationMs: number,
): AsyncGenerator<Rate> {
  const rate = async (workload: Workload, step: Step): Promise<Rate> => {
    const [startMs, startProcessorMs] = [performance.now(), processorMs(pid)];
    const messagesPerSecond = await drive(port, connections, durationMs, step);
    const messages = (messagesPerSecond * (performance.now() - startMs)) / 1000;
    const processorMicrosecondsPerMessage = ((processorMs(pid) - startProcessorMs) * 1000) / messages;
    return { workload, messagesPerSecond, processorMicrosecondsPerMessage };
  };
  const name = `bench-${connections}-${round + 1}`;
  const queue = protocol.queue(name);
  await createQueue(port, queue);
  yield await rate('send', sends(queue.send, 1));
  yield await rate('receive + delete', receivesAndDeletes(queue));
  const batch = protocol.batch?.(`${name}-batch`);
  if (batch === undefined) return;
  const batchQueue = protocol.queue(`${name}-batch`);
  await createQueue(port, batchQueue);
  yield await rate('send 16', sends(batch.send, 16));
  yield await rate('receive + delete 16', receivesAndDeletesBatches(batchQueue, batch));
}

/** Creates a queue over a connection of its own. */
export async function createQueue(port: number, { create }: QueueRequests): Promise<void> {
  const connection = await HttpConnection.open(port);
  try {
    accepted(await connection.request(create));
  } finally {
    connection.close();
  }
}

function sends(request: Buffer, messages: number): Step {
  return async (connection) => {
    accepted(await connection.request(request));
    return messages;
  };
}

function receivesAndDeletes(queue: QueueRequests): Step {
  return async (connection) => {
    const [handle] = queue.handlesIn(await connection.request(queue.receive));
    if (handle === undefined) return 0;
    accepted(await connection.request(queue.delete(handle)));
    return 1;
  };
}

function receivesAndDeletesBatches(queue: QueueRequests, batch: BatchRequests): Step {
  return async (connection) => {
    const handles = queue.handlesIn(await connection.request(batch.receive));
    if (handles.length === 0) return 0;
    accepted(await connection.request(batch.delete(handles)));
    return handles.length;
  };
}
