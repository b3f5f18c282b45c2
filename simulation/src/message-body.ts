/** What a message that is sent straight to a queue holds. */
export type BodyKind =
  | 'event'
  | 'several'
  | 'mixed'
  | 'unheard'
  | 'unknown'
  | 'custom'
  | 'refused'
  | 'odd-number'
  | 'odd-missing'
  | 'odd-time'
  | 'odd-beside'
  | 'odd-envelope'
  | 'proto'
  | 'deep'
  | 'huge'
  | 'text'
  | 'bad-json'
  | 'bad-base64'
  | 'list'
  | 'empty';

/** The event that most messages of a run carry. */
export const EVENT = 'FormatConvertJob:JobFinished';

/** An event of another type of the catalogue, which replicas begin to listen to late. */
export const UNHEARD = 'TagJob';

/** An event of a type of the app's own. */
export const CUSTOM = 'order:placed';

/** The name of another, of which no event can be read. */
export const REFUSED = 'order:refused';

/** One event of a message, as listeners are to see it. */
export interface CarriedEvent {
  readonly taskId: string;
  /** Who hears of it: the consumer of a replica, who listens late to `late` ones. */
  readonly heardBy: 'consumer' | 'late';
}

/** What a kind of message is. */
export interface BodyForm {
  /**
   * Whether it can be read: `no` for what no listener can be called with; `either` where both an event of no known name and a
   * refusal of that message are right.
   */
  readonly isReadable: 'yes' | 'no' | 'either';
  /** Whether some member of an event is not as documented, though it says which event it is, and of which task. */
  readonly isOdd?: true;
  readonly events: (taskId: string) => readonly CarriedEvent[];
  readonly text: (taskId: string) => string;
}

const one = (taskId: string): readonly CarriedEvent[] => [{ taskId, heardBy: 'consumer' }];
const late = (taskId: string): readonly CarriedEvent[] => [{ taskId, heardBy: 'late' }];
const none = (): readonly CarriedEvent[] => [];

/** Deeper than a stack of calls can follow. */
const DEPTH = 6000;

/** Every kind of message. */
export const BODIES: Readonly<Record<BodyKind, BodyForm>> = {
  event: { isReadable: 'yes', events: one, text: (id) => eventsText(finished(id)) },
  several: {
    isReadable: 'yes',
    events: (id) => [...one(id), ...one(`${id}.1`), ...one(`${id}.2`)],
    text: (id) => eventsText(finished(id), finished(`${id}.1`), finished(`${id}.2`)),
  },
  mixed: {
    isReadable: 'yes',
    events: (id) => [...one(id), ...late(`${id}.1`)],
    text: (id) => eventsText(finished(id), { ...finished(`${id}.1`), eventName: 'Other:Thing' }),
  },
  unheard: {
    isReadable: 'yes',
    events: late,
    text: (id) => eventsText({ ...finished(id), eventName: UNHEARD }),
  },
  unknown: { isReadable: 'yes', events: late, text: (id) => JSON.stringify({ kind: 'something', id }) },
  custom: {
    isReadable: 'yes',
    events: late,
    text: (id) => eventsText({ ...finished(id), eventName: CUSTOM, order: { id } }),
  },
  // Where no type has that name, and where the type refuses it, it is an event of no known name.
  refused: {
    isReadable: 'yes',
    events: late,
    text: (id) => eventsText({ ...finished(id), eventName: REFUSED, order: { id } }),
  },
  'odd-number': {
    isReadable: 'yes',
    isOdd: true,
    events: one,
    text: (id) => eventsText({ ...finished(id), imm: { ...immOf(id), pageCount: 5 } }),
  },
  'odd-missing': {
    isReadable: 'yes',
    isOdd: true,
    events: one,
    text: (id) => eventsText({ ...finished(id), imm: { code: 'ConvertTimeout', percent: '0', taskId: id } }),
  },
  'odd-time': {
    isReadable: 'yes',
    isOdd: true,
    events: one,
    text: (id) => eventsText({ ...finished(id), eventTime: 'soon' }),
  },
  'odd-beside': {
    isReadable: 'yes',
    isOdd: true,
    events: (id) => [...one(id), ...one(`${id}.1`)],
    text: (id) => eventsText(finished(id), { ...finished(`${id}.1`), imm: { ...immOf(`${id}.1`), pageCount: '-1' } }),
  },
  'odd-envelope': {
    isReadable: 'yes',
    isOdd: true,
    events: one,
    text: (id) =>
      JSON.stringify({
        TopicName: 'events',
        MessageId: `sent-${id}`,
        PublishTime: '2026-01-01T00:00:00Z',
        Subscriber: 5,
        Message: eventsText(finished(id)),
      }),
  },
  proto: {
    isReadable: 'yes',
    events: one,
    text: (id) =>
      eventsText(finished(id)).replace(
        '"imm":{',
        '"__proto__":{"taskId":"other"},"constructor":1,"imm":{"__proto__":1,',
      ),
  },
  deep: {
    isReadable: 'either',
    events: late,
    text: (id) => `{"id":"${id}","a":${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}}`,
  },
  huge: {
    isReadable: 'yes',
    events: late,
    text: (id) => JSON.stringify({ id, filler: 'x'.repeat(60_000) }),
  },
  text: { isReadable: 'no', events: none, text: (id) => `no JSON: ${id}` },
  'bad-json': { isReadable: 'no', events: none, text: (id) => eventsText(finished(id)).slice(0, -3) },
  'bad-base64': { isReadable: 'no', events: none, text: () => 'eyJldmVudHMiOlt=fQ' },
  list: { isReadable: 'either', events: none, text: () => '[1,null]' },
  empty: { isReadable: 'either', events: none, text: () => '{"events":[]}' },
};

/** The text of an event as IMM has it. */
export function eventText(taskId: string): string {
  return eventsText(finished(taskId));
}

function eventsText(...events: readonly object[]): string {
  return JSON.stringify({ events });
}

function finished(taskId: string): object {
  return {
    eventName: EVENT,
    eventSource: 'acs:imm',
    eventTime: '2026-01-01T00:00:00.000Z',
    eventVersion: '1.0',
    imm: immOf(taskId),
  };
}

function immOf(taskId: string): Readonly<Record<string, string>> {
  return { code: 'NoError', pageCount: '1', percent: '100', taskId };
}
