import type { Comparison, TaskOutcome } from './compare.js';

/** The comparison as text: a row for each task, then the calls. */
export function report({ outcomes, calls }: Comparison, pollMs: number): string {
  const rows = [HEADINGS, ...outcomes.map(cells)];
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
  const heard = mean(outcomes.map(({ event, heardAt }) => msBetween(event.occurredAt, heardAt)));
  const polled = mean(outcomes.map(({ event, polledAt }) => msBetween(event.occurredAt, polledAt)));
  return [
    ...lines,
    '',
    `  by events   ${calls.mns} calls of MNS, heard ${heard} ms after the end on average`,
    `  by polling  ${calls.polls} calls of GetOfficeConversionTask (one every ${pollMs / 1000} s for each task), seen ${polled} ms after the end on average`,
  ].join('\n');
}

const HEADINGS = [
  'task',
  'code',
  'pages',
  'created',
  'ended',
  'published',
  'enqueued',
  'received',
  'publish',
  'deliver',
  'queue',
  'total',
];

function cells({ createdAt, event, timing }: TaskOutcome): string[] {
  const { publishMs, deliverMs, queueMs, totalMs } = timing.lags;
  return [
    event.data.taskId,
    event.data.code ?? '?',
    String(event.data.pageCount ?? '?'),
    timeOfDay(createdAt),
    timeOfDay(event.occurredAt),
    timeOfDay(timing.publishedAt),
    timeOfDay(timing.enqueuedAt),
    timeOfDay(timing.receivedAt),
    ...[publishMs, deliverMs, queueMs, totalMs].map((lagMs) => (lagMs === undefined ? '?' : `${lagMs} ms`)),
  ];
}

function timeOfDay(time: Date | undefined): string {
  return time === undefined ? '?' : time.toISOString().slice(11, 23);
}

// IMM always tells when a conversion has ended; if it did not, the mean would be none either.
function msBetween(from: Date | undefined, to: Date): number {
  return from === undefined ? Number.NaN : to.getTime() - from.getTime();
}

function mean(values: readonly number[]): number {
  return Math.round(values.reduce((sum, value) => sum + value, 0) / values.length);
}
