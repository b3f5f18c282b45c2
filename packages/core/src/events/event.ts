/** What every event has, whoever produced it. */
export interface BusEvent<Name extends string, Data, Raw> {
  /** The name to subscribe to. */
  readonly name: Name;
  /** The producing service, for example `acs:imm`. */
  readonly source: string;
  /** The version of the event's format, for example `1.0`. */
  readonly version: string;
  /** When it happened, by the producer's clock, to the millisecond. */
  readonly occurredAt: Date;
  /** The payload with numbers as numbers and times as dates. */
  readonly data: Data;
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
  /** The event exactly as it was sent: any JSON object. */
  readonly raw: Readonly<Record<string, unknown>>;
}
