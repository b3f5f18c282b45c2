/** Why a request was refused. */
export type PushRefusalReason =
  /** Anything but POST. */
  | 'method'
  /** The handler was closed. */
  | 'closed'
  /** A header of a genuine push is missing or has the wrong form (spec mns §5.5). */
  | 'header'
  /** The `Date` is further from our clock than `maxAgeMs`. */
  | 'stale'
  /** A topic of another account, or one that is not in `topicNames`. */
  | 'topic'
  /** A certificate that is neither a plain path under one of `certificatePrefixes` nor one of `certificate.urls`. Nothing was fetched. */
  | 'certificate-url'
  /** More bytes than `maxBodyBytes`. */
  | 'too-large'
  /** Something else on this server, such as a body parser, has read the body: the handler has to come first. */
  | 'body-consumed'
  /** The sender went away, or was too slow. */
  | 'incomplete'
  /** The body is not the one that was signed. */
  | 'digest'
  /** The certificate could not be fetched, or is none; or too many unknown ones are asked for at this moment. */
  | 'certificate'
  /** The signature does not fit. */
  | 'signature'
  /** This very request has been handled, or is being handled. */
  | 'replayed';

/** A request that was refused, for logs: nothing in it is secret, but all of it may have been written by an attacker. */
export interface PushRefusal {
  readonly reason: PushRefusalReason;
  /** The status that was answered. */
  readonly status: number;
  /** What was expected and what came. */
  readonly message: string;
}

const STATUS: Readonly<Record<PushRefusalReason, number>> = {
  method: 405,
  closed: 503,
  header: 400,
  stale: 403,
  topic: 403,
  'certificate-url': 403,
  'too-large': 413,
  // A fault of this server, that somebody may repair before the topic gives up.
  'body-consumed': 500,
  incomplete: 408,
  digest: 403,
  // Perhaps only its server is down: the topic is to try again.
  certificate: 503,
  signature: 403,
  replayed: 403,
};

/** Thrown inside the handler, and turned into an answer at its edge. */
export class PushRefused extends Error implements PushRefusal {
  readonly reason: PushRefusalReason;
  readonly status: number;

  constructor(reason: PushRefusalReason, message: string) {
    super(message);
    this.reason = reason;
    this.status = STATUS[reason];
  }
}
