import type { FieldIssue } from './reading/problems.js';

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

/**
 * What every event has, whoever produced it.
 *
 * Only what tells which event it is, and of which task or object, is certain to be there. Any other member that was
 * missing or could not be read is `undefined`, and named in `problems`.
 */
export interface BusEvent<Name extends string, Data, Raw, Form extends EventForm = EventForm> {
  /** The name to subscribe to. */
  readonly name: Name;
  /** The producing service, for example `acs:imm` (2017-09-06) or `acs.imm` (2020-09-30); the empty string when it is not named. */
  readonly source: string;
  /** The version of the event's format, for example `1.0`; the empty string when none is named. */
  readonly version: string;
  /** When it happened, by the producer's clock, to the millisecond. */
  readonly occurredAt: Date | undefined;
  /** The payload with numbers as numbers and times as dates. */
  readonly data: Data;
  /** How it was written down; tells what `raw` is. */
  readonly form: Form;
  /**
   * What was sent, as `JSON.parse` reads it: a number beyond 2^53 is rounded, and of a repeated member the last one counts.
   * The exact text is in the notification, as `text` and `message`.
   */
  readonly raw: Raw;
  /** What was missing or could not be read, each member by its path; empty when all is well. */
  readonly problems: readonly FieldIssue[];
}

/**
 * An event that has no typed view: delivered, never dropped (subscribe to `'unknown'`).
 *
 * mnsbus has no type for it, or, if `problems` says so, what it is about could not be read.
 */
export interface UnknownEvent {
  readonly name: 'unknown';
  /** The name the producer gave it, or that of your own type whose schema refused it; the empty string for none. */
  readonly eventName: string;
  /** The producing service; the empty string when it is not named. */
  readonly source: string;
  /** When it happened, if the producer said so in a readable form. */
  readonly occurredAt: Date | undefined;
  /** How it was written down. */
  readonly form: EventForm;
  /** What was sent, as `JSON.parse` reads it; a member of `{"events":[…]}` may be any JSON value. */
  readonly raw: unknown;
  /** Why an event with a known name, or of your own type, is unknown; else empty. */
  readonly problems: readonly FieldIssue[];
}
