/** What has become of messages; `received` is always the sum of the others (invariant I31). */
export interface DeliveryCounters {
  /** Deliveries taken from the queue, or pushed. */
  readonly received: number;
  /** Deleted, or answered, because their listeners finished. */
  readonly acked: number;
  /** Given back because a listener failed. */
  readonly retried: number;
  /** Sent to the dead-letter queue. */
  readonly deadLettered: number;
  /** Given back for any other reason: nobody listened, the lease was lost, the bridge was closed. */
  readonly released: number;
  /** Held, handled or on their way to rest. */
  readonly inFlight: number;
}

/** How a delivery ended. */
export type DeliveryEnd = Exclude<keyof DeliveryCounters, 'received' | 'inFlight'>;

/** Counts deliveries, each once when it comes and once when it ends. */
export class DeliveryCount {
  #received = 0;
  readonly #ended = { acked: 0, retried: 0, deadLettered: 0, released: 0 };
  #inFlight = 0;

  begin(): void {
    this.#received += 1;
    this.#inFlight += 1;
  }

  end(end: DeliveryEnd): void {
    this.#ended[end] += 1;
    this.#inFlight -= 1;
  }

  read(): DeliveryCounters {
    return { received: this.#received, ...this.#ended, inFlight: this.#inFlight };
  }
}
