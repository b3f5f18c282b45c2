/** The instants of an event's way that are known. */
export interface EventInstants {
  /** When it happened, by the producer's clock. */
  readonly occurredAt: Date | undefined;
  /** When the producer published it to the topic; unknown with SIMPLIFIED notifications, or when the envelope does not tell. */
  readonly publishedAt: Date | undefined;
  /** When its queue message was stored; `undefined` for a push. */
  readonly enqueuedAt: Date | undefined;
  /** When its queue message was first received by anyone; `undefined` for a push. */
  readonly firstReceivedAt: Date | undefined;
  /** When this delivery was received, by our own clock. */
  readonly receivedAt: Date;
}

/** When an event happened and travelled, and how long each leg took. */
export interface EventTiming extends EventInstants {
  /** Milliseconds between neighbouring instants; clocks of several machines are involved, so a lag may be negative. */
  readonly lags: {
    /** Happened → published. */
    readonly publishMs: number | undefined;
    /** Published → stored in the queue. */
    readonly deliverMs: number | undefined;
    /** Stored in the queue → first received. */
    readonly queueMs: number | undefined;
    /** First received → received now; 0 on the first delivery, but for clock differences. */
    readonly redeliverMs: number | undefined;
    /** Happened → received now. */
    readonly totalMs: number | undefined;
  };
}

/** Computes the lags between the instants of an event's way. */
export function eventTiming(instants: EventInstants): EventTiming {
  const { occurredAt, publishedAt, enqueuedAt, firstReceivedAt, receivedAt } = instants;
  return {
    occurredAt,
    publishedAt,
    enqueuedAt,
    firstReceivedAt,
    receivedAt,
    lags: {
      publishMs: between(occurredAt, publishedAt),
      deliverMs: between(publishedAt, enqueuedAt),
      queueMs: between(enqueuedAt, firstReceivedAt),
      redeliverMs: between(firstReceivedAt, receivedAt),
      totalMs: between(occurredAt, receivedAt),
    },
  };
}

function between(from: Date | undefined, to: Date | undefined): number | undefined {
  return from === undefined || to === undefined ? undefined : to.getTime() - from.getTime();
}
