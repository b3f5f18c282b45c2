import type { TaskDecision } from './task-decision.js';

const FAILURE = /^fail-([A-Za-z]+)$/;
const SLOWNESS = /^slow-(\d{1,9})$/;
const HOLD = 'hold';

/**
 * What the path segments of a task's sources say about it, the emulator's own convention.
 *
 * `fail-{Code}` lets it fail with that code, `slow-{ms}` lets it run so many milliseconds, `hold` lets it run until
 * somebody ends it by hand: `oss://bucket/slow-60000/fail-ConvertTimeout/a.docx`. Of each, the first one counts.
 */
export function segmentDecision(sourceUris: readonly string[]): TaskDecision {
  const segments = sourceUris.flatMap((uri) => uri.replace(/^oss:\/\/[^/]*\/?/, '').split('/'));
  const code = firstMatch(segments, FAILURE, (word) => word !== 'NoError');
  const durationMs = firstMatch(segments, SLOWNESS);
  return {
    ...(code === undefined ? {} : { fail: { code } }),
    ...(durationMs === undefined ? {} : { durationMs: Number(durationMs) }),
    ...(segments.includes(HOLD) ? { hold: true } : {}),
  };
}

function firstMatch(
  segments: readonly string[],
  pattern: RegExp,
  counts: (match: string) => boolean = () => true,
): string | undefined {
  for (const segment of segments) {
    const match = pattern.exec(segment)?.[1];
    if (match !== undefined && counts(match)) return match;
  }
  return undefined;
}
