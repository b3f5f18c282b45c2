import type { ProvokedImmCode } from '../imm/rpc/provoked-fault.js';
import type { ProvokedCode } from '../mns/failure.js';

/** What every fault has. */
interface FaultBase {
  /** Names the fault in the journal and in lists; unique. Default `fault-1`, `fault-2`, …. */
  readonly name?: string;
  /** How often it strikes what it fits, 0–1. Default 1. */
  readonly probability?: number;
  /** Lets the first so many that it fits pass, from 0. Default 0. */
  readonly skip?: number;
  /** Strikes at most so many times, from 1. Default without limit. */
  readonly times?: number;
  /** Milliseconds from when it was added until it begins, from 0. Default 0. */
  readonly afterMs?: number;
  /** Milliseconds from its beginning until it ends, from 1. Default without end. */
  readonly forMs?: number;
}

interface InTenant {
  readonly accountId?: string;
  readonly region?: string;
}

/** Which requests a fault fits; what is absent fits all. */
export interface RequestMatch extends InTenant {
  readonly service?: 'mns' | 'imm';
  /** As the API calls it, for example `BatchReceiveMessage` or `CreateOfficeConversionTask`. */
  readonly operation?: string;
  readonly queueName?: string;
  readonly topicName?: string;
  readonly subscriptionName?: string;
  readonly project?: string;
}

/** Which messages a fault fits. */
export interface MessageMatch extends InTenant {
  readonly queueName?: string;
}

/** Which deliveries of topics a fault fits. */
export interface DeliveryMatch extends InTenant {
  readonly topicName?: string;
  readonly subscriptionName?: string;
}

/** Which tasks a fault fits. */
export interface TaskMatch extends InTenant {
  readonly apiVersion?: string;
  readonly project?: string;
  /** The word of the get and list actions, for example `FormatConvertJob`. */
  readonly taskType?: string;
}

/**
 * What goes wrong with a request. None of them relaxes an invariant of the service: a client must bear them all.
 *
 * - `refuse`: refused with `code` before it has an effect (I20). Fits only requests of a service that has the code.
 * - `throttle`: refused by flow control: `QpsLimitExceeded` of MNS, `Throttling.User` of IMM, which may say when to come again.
 * - `server-error`: status 500 is the service's own `InternalError`, 502 and 503 a page of a gateway before it. No effect.
 * - `delay`: carried out `delayMs` later.
 * - `reset-before-effect`: the connection breaks, and nothing has happened.
 * - `reset-after-effect`: the connection breaks after the request was carried out: the outcome is unknown to the client (I3 counts
 *   acknowledged sends only; I26 allows a second delivery).
 * - `truncate-reply`: carried out, but the reply breaks off in the middle of its body.
 * - `corrupt-reply`: carried out, but eight bytes of the reply's body are others.
 * - `wrong-md5`: carried out, but each `MessageBodyMD5` of the reply is another. MNS only.
 * - `skew-clock`: the server's clock differs by `skewMs`, either way: beyond 15 minutes `TimeExpired`.
 * - `expire-credentials`: refused as if the sender's temporary key had expired.
 */
export type RequestFault = FaultBase & { readonly match?: RequestMatch } & (
    | { readonly kind: 'refuse'; readonly code: ProvokedCode | ProvokedImmCode }
    | { readonly kind: 'throttle'; readonly retryAfterMs?: number }
    | { readonly kind: 'server-error'; readonly status?: 500 | 502 | 503 }
    | { readonly kind: 'delay'; readonly delayMs: number }
    | { readonly kind: 'skew-clock'; readonly skewMs: number }
    | {
        readonly kind:
          | 'reset-before-effect'
          | 'reset-after-effect'
          | 'truncate-reply'
          | 'corrupt-reply'
          | 'wrong-md5'
          | 'expire-credentials';
      }
  );

/**
 * What goes wrong with a message: only what a queue that promises at least one delivery, in no certain order, may do.
 *
 * - `duplicate-message`: stored a second time, with an id of its own; the journal has it with `duplicateOf`. Relaxes I3 and I23 by those copies,
 *   and the `once` of I26.
 * - `reorder-message`: takes its place behind what is sent within `behindMs`. Relaxes the order of equal priorities, which is none
 *   of the numbered ones.
 * - `delay-message`: deliverable `delayMs` later than it should be. Relaxes the second half of I10, and I16.
 * - `early-visibility`: a received message is deliverable `earlyMs` before its time is over (at once, if that is longer), while the
 *   client believes to hold it. Relaxes the first half of I10, and I11.
 */
export type MessageFault = FaultBase & { readonly match?: MessageMatch } & (
    | { readonly kind: 'duplicate-message' }
    | { readonly kind: 'reorder-message'; readonly behindMs: number }
    | { readonly kind: 'delay-message'; readonly delayMs: number }
    | { readonly kind: 'early-visibility'; readonly earlyMs: number }
  );

/**
 * What goes wrong between a topic and a subscription.
 *
 * - `drop-delivery`: given up, as after the last retry. Relaxes I3 and I23 by that copy.
 * - `repeat-delivery`: made once more. Relaxes I23 by that copy.
 * - `late-delivery`: the first attempt is made `delayMs` later. Relaxes no numbered invariant.
 */
export type DeliveryFault = FaultBase & { readonly match?: DeliveryMatch } & (
    | { readonly kind: 'drop-delivery' | 'repeat-delivery' }
    | { readonly kind: 'late-delivery'; readonly delayMs: number }
  );

/**
 * What goes wrong with a task. All but the first three leave its timing as it is (I25).
 *
 * - `hold-task`: never ends by itself.
 * - `slow-task`: runs `extraMs` longer.
 * - `fail-task`: fails with `code` and, if given, `message`.
 * - `duplicate-event`: its event is published twice. Relaxes the `exactly one` of I24.
 * - `no-event`: its event never reaches the topic. Relaxes the `exactly one` of I24.
 */
export type TaskFault = FaultBase & { readonly match?: TaskMatch } & (
    | { readonly kind: 'hold-task' | 'duplicate-event' | 'no-event' }
    | { readonly kind: 'slow-task'; readonly extraMs: number }
    | { readonly kind: 'fail-task'; readonly code: string; readonly message?: string }
  );

/** A fault of the emulated services, as plain JSON: what goes wrong, where, when, and how often. */
export type Fault = RequestFault | MessageFault | DeliveryFault | TaskFault;

/** What a fault may strike, as matches and the journal name it. */
export type FaultSubjectMember =
  | 'service'
  | 'accountId'
  | 'region'
  | 'operation'
  | 'queueName'
  | 'topicName'
  | 'subscriptionName'
  | 'messageId'
  | 'apiVersion'
  | 'project'
  | 'taskType'
  | 'taskId';

/** What a fault does. */
export type FaultKind = Fault['kind'];
