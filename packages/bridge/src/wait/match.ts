import { isTaskEvent, type EventMap, type EventPattern, type MatchedName, type TaskEventName } from '@mnsbus/core';
import { nameFits } from '@mnsbus/core/internal';
import type { DecodedEvent } from '../dispatch/decoded-event.js';

/** What to wait for: a name or pattern, a task (of any event, or of one name), or any condition. */
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

/** Whether an event is what is waited for. Every event of a bridge is one of `Events`. */
export function matches<Match, Events>(match: EventMatch<Events>, event: unknown): event is Matched<Match, Events>;
export function matches<Events>(match: EventMatch<Events>, event: DecodedEvent & Events[keyof Events]): boolean {
  if (typeof match === 'function') return match(event);
  if (typeof match === 'string') return nameFits(match, event.name);
  return (
    isTaskEvent(event) && event.data.taskId === match.taskId && (match.name === undefined || match.name === event.name)
  );
}

/** The match in words, for error messages. */
export function describeMatch<Events>(match: EventMatch<Events>): string {
  if (typeof match === 'function') return 'an event that meets the condition';
  if (typeof match === 'string') return `an event ${match}`;
  return `the ${match.name ?? 'event'} of task ${match.taskId}`;
}
