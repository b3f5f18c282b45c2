import type { InvariantCheck } from '../run-record.js';
import { groupBy } from './group-by.js';

/** I23: each subscription gets one copy of what its topic publishes. */
export const oneCopyPerSubscription: InvariantCheck = function* ({ journal, scenario, disturbed }, seen) {
  const deliveries = groupBy(
    journal.flatMap((entry) => (entry.kind === 'delivered' ? [entry] : [])),
    ({ messageId, queueName }) => `${messageId} ${queueName}`,
  );
  // A queue may have been missing at first.
  const since = new Map(
    journal.flatMap((entry) =>
      entry.kind === 'request' && entry.operation === 'Subscribe' && entry.code === undefined
        ? [[entry.subscriptionName ?? '', entry.sequence] as const]
        : [],
    ),
  );
  for (const entry of journal) {
    if (entry.kind !== 'event-published' || disturbed('delivery', entry.messageId)) continue;
    for (const { name } of scenario.queues) {
      if ((since.get(name) ?? 0) > entry.sequence) continue;
      seen();
      const { length } = deliveries.get(`${entry.messageId} ${name}`) ?? [];
      if (length === 1) continue;
      yield { subject: entry.taskId, message: `expected one copy of ${entry.messageId} in ${name}, found ${length}` };
    }
  }
};

/** I24: a task ends once, its event comes after that, once, and whoever awaited it heard how it ended. */
export const tasksEndOnce: InvariantCheck = function* ({ journal, awaited, submitted, disturbed }, seen) {
  const byTask = groupBy(
    journal.flatMap((entry) =>
      entry.kind === 'task-submitted' || entry.kind === 'task-ended' || entry.kind === 'event-published' ? [entry] : [],
    ),
    ({ taskId }) => taskId,
  );
  for (const [taskId, entries] of byTask) {
    seen();
    const ends = entries.filter(({ kind }) => kind === 'task-ended');
    const events = entries.filter(({ kind }) => kind === 'event-published');
    const [end] = ends;
    if (ends.length !== 1 || end?.kind !== 'task-ended') {
      yield { subject: taskId, message: `expected task ${taskId} to end once, found ${ends.length} ends` };
      continue;
    }
    if (events.some(({ sequence }) => sequence < end.sequence)) {
      yield {
        subject: taskId,
        message: `expected the event of ${taskId} after its end at #${end.sequence}, found it before`,
      };
    }
    if (events.length !== 1 && !disturbed('task-event', taskId)) {
      yield { subject: taskId, message: `expected one event of task ${taskId}, found ${events.length}` };
    }
    const heard = awaited.find((one) => one.taskId === taskId);
    if (heard !== undefined && heard.end !== end.state) {
      yield {
        subject: taskId,
        message: `expected whoever awaited ${taskId} to hear ${end.state}, found ${heard.end} (${heard.code ?? 'no code'})`,
      };
    }
  }
  for (const taskId of submitted) {
    if (awaited.some((one) => one.taskId === taskId)) continue;
    yield { subject: taskId, message: `expected the wait for ${taskId} to end, found it still waiting` };
  }
};

/** I25: a task takes the time that its source asks for, counted from its submission. */
export const tasksTakeTheirTime: InvariantCheck = function* ({ journal, durations, disturbed }, seen) {
  const submittedAt = new Map(
    journal.flatMap((entry) => (entry.kind === 'task-submitted' ? [[entry.taskId, entry.atMs] as const] : [])),
  );
  for (const entry of journal) {
    if (entry.kind !== 'task-ended' || disturbed('task-time', entry.taskId)) continue;
    const atMs = submittedAt.get(entry.taskId);
    const durationMs = durations.get(entry.taskId);
    if (atMs === undefined || durationMs === undefined) continue;
    seen();
    if (entry.atMs === atMs + durationMs) continue;
    yield {
      subject: entry.taskId,
      message: `expected ${entry.taskId} to end ${durationMs} ms after ${atMs}, found ${entry.atMs}`,
    };
  }
};
