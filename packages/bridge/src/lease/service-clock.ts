/** An instant of the service's clock that lies between two readings of ours. All in milliseconds. */
export interface ServiceInstant {
  /** The earliest and the latest that the service's clock can have shown. */
  readonly earliest: number;
  readonly latest: number;
  /** Our reading before the call, and when its answer had come. */
  readonly sentAt: number;
  readonly answeredAt: number;
}

/** How many round trips are remembered. */
const ROUND_TRIPS = 8;

/** A call that took longer than this, or than half of the lease, tells little: it waited for a message. */
const WIDE_MS = 5000;

/** How long an answer is on its way at most, beside two round trips, where nothing better is known; never more than half of the lease. */
const LATE_ANSWER_MS = 1000;

/**
 * Tells by our own clock when a lease ends that the service has dated by its own.
 *
 * A lease begins at some instant between a call and its answer, which for a long poll may be half a minute. How far the
 * service's clock is ahead of ours is known better from other calls: each bounds it, and the narrowest bound counts until an
 * answer contradicts it, because one of the clocks was set. The end is never later than it really is, and never earlier than
 * if the lease had begun with the call. As long as only long polls were answered, an answer counts as quick: a lease that is
 * shorter than a poll would else be over before its message came.
 */
export class ServiceClock {
  /** The most by which the service's clock can be ahead of ours. */
  #aheadAtMost = Infinity;
  /** How well that is known: the narrowest bound that agrees with it. */
  #widthMs = Infinity;
  readonly #roundTrips: number[] = [];

  /** Notes what an answer has told. */
  note({ earliest, latest, sentAt, answeredAt }: ServiceInstant): void {
    const atMost = latest - sentAt;
    const atLeast = earliest - answeredAt;
    const isContradicted = atLeast > this.#aheadAtMost;
    this.#aheadAtMost = isContradicted ? atMost : Math.min(this.#aheadAtMost, atMost);
    this.#widthMs = isContradicted ? atMost - atLeast : Math.min(this.#widthMs, atMost - atLeast);
  }

  /** Notes how long a call took that the service answered at once. */
  noteRoundTrip(ms: number): void {
    this.#roundTrips.push(ms);
    if (this.#roundTrips.length > ROUND_TRIPS) this.#roundTrips.shift();
  }

  /** The longest of the last round trips; `undefined` before the first. */
  get roundTripMs(): number | undefined {
    return this.#roundTrips.length === 0 ? undefined : Math.max(...this.#roundTrips);
  }

  /** Our reading at which a lease of `leaseMs` ends, which an answer has dated. */
  endOf(serviceEndMs: number, leaseMs: number, { sentAt, answeredAt }: ServiceInstant): number {
    const halfMs = leaseMs / 2;
    const lateMs = Math.min(halfMs, LATE_ANSWER_MS + 2 * (this.roundTripMs ?? 0));
    const earliest = this.#widthMs > Math.min(WIDE_MS, halfMs) ? answeredAt - lateMs : sentAt;
    const endsAt = Math.max(serviceEndMs - this.#aheadAtMost, sentAt + leaseMs, earliest + leaseMs);
    return Math.min(endsAt, answeredAt + leaseMs);
  }
}
