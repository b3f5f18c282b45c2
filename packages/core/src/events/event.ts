/** A JSON object of which nothing is known but that it is one. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * How an event was written down.
 *
 * - `acs`: one member of `{"events":[…]}`, IMM 2017-09-06 and OSS (spec imm §3.2, §7)
 * - `imm`: an IMM 2020-09-30 message, whose `content` is JSON inside JSON (spec imm §3.3)
 * - `bare`: the content of such a message alone (spec imm §8, no. 7)
 * - `cloudevents`: CloudEvents 1.0, as EventBridge sends them (spec imm §3.4)
 * - `foreign`: any other JSON object
 */
export type EventForm = 'acs' | 'imm' | 'bare' | 'cloudevents' | 'foreign';

/** What every event has, whoever produced it. */
export interface BusEvent<Name extends string, Data, Raw, Form extends EventForm = EventForm> {
  /** The name to subscribe to. */
  readonly name: Name;
  /** The producing service, for example `acs:imm` (2017-09-06) or `acs.imm` (2020-09-30). */
  readonly source: string;
  /** The version of the event's format, for example `1.0`; the empty string for forms that do not name one. */
  readonly version: string;
  /** When it happened, by the producer's clock, to the millisecond. */
  readonly occurredAt: Date;
  /** The payload with numbers as numbers and times as dates. */
  readonly data: Data;
  /** How it was written down; tells what `raw` is. */
  readonly form: Form;
  /** The event exactly as it was sent. */
  readonly raw: Raw;
}

/** An event that this version of mnsbus has no type for: delivered, never dropped (subscribe to `'unknown'`). */
export interface UnknownEvent {
  readonly name: 'unknown';
  /** The name the producer gave it; the empty string when it gave none. */
  readonly eventName: string;
  /** The producing service; the empty string when it is not named. */
  readonly source: string;
  /** When it happened, if the producer said so in a readable form. */
  readonly occurredAt: Date | undefined;
  /** How it was written down. */
  readonly form: EventForm;
  /** The event exactly as it was sent: any JSON object. */
  readonly raw: JsonObject;
}
