import { styleText } from 'node:util';
import { outcomeOf, type FieldIssue, type TaskOutcome } from '@mnsbus/core';
import type { DecodedEvent } from '../dispatch/decoded-event.js';
import { nameOf } from '../dispatch/listener-call.js';

/** One line of `mnsbus tail`: an event, or a message that cannot be read. */
export interface TailEntry {
  readonly messageId: string;
  /** When the message came to the queue, or to us. */
  readonly at: Date;
  readonly event: DecodedEvent | undefined;
  /** What was odd about the envelope that a topic had put around it. */
  readonly envelopeProblems: readonly FieldIssue[];
  /** Why there is no event. */
  readonly problem: string | undefined;
}

/** An entry as JSON on one line. */
export function jsonLine({ messageId, at, event, envelopeProblems, problem }: TailEntry): string {
  const entry =
    event === undefined
      ? { messageId, at, problem }
      : {
          messageId,
          at,
          name: nameOf(event),
          type: event.name,
          occurredAt: event.occurredAt,
          outcome: outcomeOf(event),
          problems: event.problems,
          envelopeProblems,
          raw: event.raw,
        };
  return harmless(JSON.stringify(entry));
}

/** An entry for the eye: time, name, task and how it ended, and how long it took to get there. */
export function textLine(entry: TailEntry, isColoured: boolean): string {
  const { messageId, at, event, envelopeProblems, problem } = entry;
  const paint = (format: Parameters<typeof styleText>[0], text: string): string =>
    isColoured ? styleText(format, text, { validateStream: false }) : text;
  const time = paint('dim', at.toISOString());
  if (event === undefined) return `${time}  ${paint('red', 'unreadable')}  ${messageId}  ${harmless(problem ?? '')}`;
  const { occurredAt } = event;
  const outcome = outcomeOf(event);
  const lag = occurredAt === undefined ? [] : [`+${((at.getTime() - occurredAt.getTime()) / 1000).toFixed(1)} s`];
  const end = outcome === undefined ? [] : [harmless(outcome.taskId), paint(...endOf(outcome))];
  const paths = [
    ...event.problems.map(({ path }) => (path === '' ? 'all' : path)),
    ...envelopeProblems.map(({ path }) => `${path} of the envelope`),
  ];
  const odd = paths.length === 0 ? [] : [paint('yellow', harmless(`odd: ${paths.join(', ')}`))];
  return [time, paint('bold', harmless(nameOf(event))), ...end, ...lag, ...odd].join('  ');
}

function endOf({ succeeded, code }: TaskOutcome): ['green' | 'red' | 'yellow', string] {
  if (succeeded === undefined) return ['yellow', 'ended'];
  return succeeded ? ['green', 'succeeded'] : ['red', harmless(`failed ${code}`)];
}

/** A text that moves no cursor and hides nothing: control and format characters as JSON would escape them. */
function harmless(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from(
      { length: character.length },
      (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}
