import type { EventMap, EventPattern, MatchedName, TaskEventName } from '@mnsbus/core';
import { describeValue, invalidArgument, nameFits, taskIdOf } from '@mnsbus/core/internal';
import type { DecodedEvent } from '../dispatch/decoded-event.js';
import { patternsOf } from '../dispatch/listeners.js';

/**
 * What to wait for: a name or pattern, a task (of any event, or of one name), or any condition.
 *
 * A condition is called for each event while it waits, and answers at once: one that throws or returns a promise ends its own
 * wait with `LISTENER_FAILED`.
 */
export type EventMatch<Events = EventMap> =
  | EventPattern<Events>
  | TaskMatch<TaskEventName>
  | ((event: Events[keyof Events]) => boolean);

/** The event of one task. */
export interface TaskMatch<Name extends TaskEventName> {
  readonly taskId: string;
  readonly name?: Name;
}

/** The event that a match finds. */
export type Matched<Match, Events = EventMap> = Events[NameOf<Match, Events>];

type NameOf<Match, Events> = Match extends string
  ? MatchedName<Match, Events>
  : Match extends TaskMatch<infer Name>
    ? Extract<Name, keyof Events>
    : keyof Events;

/** A match as it was given, if it can be one. Throws `INVALID_ARGUMENT`. */
export function checkMatch<Match>(match: Match): Match {
  const isTask = typeof match === 'object' && match !== null && 'taskId' in match && typeof match.taskId === 'string';
  if (isTask || typeof match === 'string' || typeof match === 'function') return match;
  throw invalidArgument('match', 'a name or pattern, an object with the text taskId, or a function', match);
}

/** Whether an event is what is waited for. Every event of a bridge is one of `Events`. Throws what a condition throws. */
export function matches<Match, Events>(match: EventMatch<Events>, event: unknown): event is Matched<Match, Events>;
export function matches<Events>(match: EventMatch<Events>, event: DecodedEvent & Events[keyof Events]): boolean {
  if (typeof match === 'function') return answerOf(match(event));
  if (typeof match === 'string') return nameFits(match, event.name);
  return taskIdOf(event) === match.taskId && (match.name === undefined || match.name === event.name);
}

/** Under which key a match is kept: one of those that {@link keysOf} gives for each event that it may find. */
export function keyOf<Events>(match: EventMatch<Events>): string {
  if (typeof match === 'function') return CONDITIONS;
  return typeof match === 'string' ? nameKey(match) : taskKey(match.taskId);
}

/** The keys of all matches that an event may be for, of the task with this id if it is of one. */
export function keysOf({ name }: DecodedEvent, taskId: string | undefined): readonly string[] {
  return [...(taskId === undefined ? [] : [taskKey(taskId)]), ...patternsOf(name).map(nameKey), CONDITIONS];
}

const CONDITIONS = 'condition';
const nameKey = (pattern: string): string => `name ${pattern}`;
const taskKey = (taskId: string): string => `task ${taskId}`;

// A promise is always true as a condition: who returns one has waited for the first event, whatever it is.
function answerOf(answer: unknown): boolean {
  if (typeof answer !== 'object' || answer === null || !('then' in answer) || typeof answer.then !== 'function') {
    return Boolean(answer);
  }
  // What comes of it is of no interest any more, and must not end the process.
  Promise.resolve(answer).catch(() => {});
  throw new TypeError(`expected true or false, received ${describeValue(answer)} with a method then: answer at once`);
}

/** The match in words, for error messages. */
export function describeMatch<Events>(match: EventMatch<Events>): string {
  if (typeof match === 'function') return 'an event that meets the condition';
  if (typeof match === 'string') return `an event ${match}`;
  return `the ${match.name ?? 'event'} of task ${match.taskId}`;
}
