import { createBridge, type ListenerContext } from '@mnsbus/bridge';
import { SystemClock, sleep, type FormatConvertJobFinished } from '@mnsbus/core';
import { countCalls, type CallCounts } from './call-counter.js';
import type { Imm } from './imm.js';
import { notifyEndpoint, type Settings } from './settings.js';

/** One task, as the bus and as polling saw it. */
export interface TaskOutcome {
  readonly sourceUri: string;
  readonly createdAt: Date;
  readonly event: FormatConvertJobFinished;
  readonly timing: ListenerContext['timing'];
  /** When the listener was called. */
  readonly heardAt: Date;
  /** When polling first saw that the task had ended. */
  readonly polledAt: Date;
}

/** The tasks and what it took to learn of their ends. */
export interface Comparison {
  readonly outcomes: readonly TaskOutcome[];
  readonly calls: CallCounts;
}

const clock = new SystemClock();

/** Submits one task for each document and learns of their ends twice: by events, and by polling every `pollMs`. */
export async function comparePollingAndEvents(
  imm: Imm,
  settings: Settings,
  pollMs: number,
  print: (line: string) => void,
): Promise<Comparison> {
  const { accountId, accessKeyId, accessKeySecret, securityToken } = settings;
  await using bus = createBridge({
    mns: {
      accountId,
      accessKeyId,
      accessKeySecret,
      ...(securityToken === undefined ? {} : { securityToken }),
      endpoint: notifyEndpoint(settings),
    },
    queueName: settings.queueName,
  });
  const startedMs = clock.now();
  const log = (text: string): void =>
    print(`  ${((clock.now() - startedMs) / 1000).toFixed(1).padStart(5)} s  ${text}`);

  const heard = new Map<string, { timing: ListenerContext['timing']; at: Date }>();
  bus.on('FormatConvertJob:JobFinished', ({ data }, { timing }) => {
    heard.set(data.taskId, { timing, at: new Date(clock.now()) });
    log(`event: ${data.taskId} ${data.code}, pages: ${data.pageCount}`);
  });
  const counter = countCalls();
  const stop = new AbortController();
  try {
    await bus.start();
    const outcomes = await Promise.all(
      settings.sourceUris.map(async (sourceUri): Promise<TaskOutcome> => {
        const { TaskId, Status } = await imm.createTask(sourceUri);
        const createdAt = new Date(clock.now());
        log(`task:  ${TaskId} ${Status} (${sourceUri})`);
        const [event, polledAt] = await Promise.all([
          bus.waitFor({ name: 'FormatConvertJob:JobFinished', taskId: TaskId }),
          pollUntilEnded(imm, TaskId, pollMs, log, stop.signal),
        ]);
        const arrival = heard.get(TaskId);
        if (arrival === undefined) throw new Error(`the listener missed ${TaskId}`);
        return { sourceUri, createdAt, event, timing: arrival.timing, heardAt: arrival.at, polledAt };
      }),
    );
    // Closed within the count, so that the deletes are in it.
    await bus.close();
    return { outcomes, calls: counter.counts };
  } finally {
    stop.abort();
    counter.stop();
  }
}

async function pollUntilEnded(
  imm: Imm,
  taskId: string,
  pollMs: number,
  log: (text: string) => void,
  signal: AbortSignal,
): Promise<Date> {
  for (;;) {
    await sleep(clock, pollMs, signal);
    signal.throwIfAborted();
    const { Status } = await imm.getTask(taskId);
    log(`poll:  ${taskId} ${Status}`);
    if (Status !== 'Running') return new Date(clock.now());
  }
}
