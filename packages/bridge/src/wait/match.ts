import type { AnyEvent, EventMap, EventName, KnownEventName } from '@mnsbus/core';

/** What to wait for: a name, a task (of any event, or of one name), or any condition. */
export type EventMatch = EventName | TaskMatch<KnownEventName> | ((event: AnyEvent) => boolean);

/** The event of one task. */
export interface TaskMatch<Name extends KnownEventName> {
  readonly taskId: string;
  readonly name?: Name;
}

/** The event that a match finds. */
export type Matched<Match extends EventMatch> = Match extends EventName
  ? EventMap[Match]
  : Match extends TaskMatch<infer Name>
    ? EventMap[Name]
    : AnyEvent;

/** Whether an event is what is waited for. */
export function matches<Match extends EventMatch>(match: Match, event: AnyEvent): event is AnyEvent & Matched<Match> {
  if (typeof match === 'function') return match(event);
  if (typeof match === 'string') return event.name === match;
  if (event.name === 'unknown') return false;
  return event.data.taskId === match.taskId && (match.name === undefined || match.name === event.name);
}

/** The match in words, for error messages. */
export function describeMatch(match: EventMatch): string {
  if (typeof match === 'function') return 'an event that meets the condition';
  if (typeof match === 'string') return `an event ${match}`;
  return `the ${match.name ?? 'event'} of task ${match.taskId}`;
}
