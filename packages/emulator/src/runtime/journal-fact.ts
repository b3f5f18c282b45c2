import type { OperatorFact } from './operator-fact.js';
import type { ProfileName } from '../profile/profile.js';
import type { FaultKind, FaultSubjectMember } from '../faults/fault.js';

/** A message of a queue, in the facts of its life. */
export interface QueueMessage {
  readonly queueName: string;
  readonly messageId: string;
  /** Account and region, `1000000000000001/cn-beijing`; absent for those of requests whose host names none. */
  readonly tenant?: string;
}

/** Something that happened inside the emulator, for whoever asks why an event did or did not arrive. */
export type JournalFact =
  | OperatorFact
  /** The services are not kind: by which profile, and which of its behaviours were given otherwise. The first fact of all. */
  | { readonly kind: 'profile'; readonly profile: ProfileName; readonly changed: readonly string[] }
  /** A receive asks one storage node only for so many milliseconds: it may end empty although others have messages. */
  | {
      readonly kind: 'narrow-receive';
      readonly queueName: string;
      readonly forMs: number;
      readonly tenant?: string | undefined;
    }
  /** The time moved, because the next fact happened at this instant; only with a virtual clock. */
  | { readonly kind: 'time'; readonly fromMs: number }
  /** A request was carried out or refused; what it has brought about follows. A receive stands where it got its messages. */
  | {
      readonly kind: 'request';
      readonly service: 'mns' | 'imm';
      /** As the API calls it; `Unknown` for an MNS request that asks for nothing known. */
      readonly operation: string;
      readonly status: number;
      /** The code of the error as the reply has it, in a batch that has failed in part that of the first item; absent for a success. */
      readonly code?: string | undefined;
      /** The items of a batch that have failed, by their places, from 0, each with its real reason; absent when none has, or all of it was refused. */
      readonly failures?: readonly { readonly index: number; readonly code: string }[] | undefined;
      /** The id that the reply carries. */
      readonly requestId: string;
      readonly queueName?: string | undefined;
      readonly topicName?: string | undefined;
      readonly subscriptionName?: string | undefined;
      /** The project that a request to IMM names. */
      readonly project?: string | undefined;
      /** How the connection failed instead of carrying the answer; the status is that of the answer that was lost. */
      readonly broken?: 'no-answer' | 'cut-short' | undefined;
      /** How long the answer took, in milliseconds; absent for no time. */
      readonly tookMs?: number | undefined;
      /** How much of that the profile held the request back before it was carried out; absent for none. */
      readonly heldMs?: number | undefined;
      readonly tenant?: string | undefined;
    }
  /** A fault struck what the other members name. */
  | (Readonly<Partial<Record<FaultSubjectMember, string>>> & {
      readonly kind: 'fault';
      readonly faultId: string;
      readonly fault: FaultKind;
    })
  /** A message came into a queue, from a sender or a topic; `isDelayed` when it cannot be received yet; `duplicateOf` when a fault made it. */
  | (QueueMessage & { readonly kind: 'sent'; readonly isDelayed?: true; readonly duplicateOf?: string })
  /** A message was delivered to whoever received, and is invisible until then unless it is deleted. */
  | (QueueMessage & { readonly kind: 'received'; readonly dequeueCount: number; readonly nextVisibleAtMs: number })
  /** A received message was told to come back at another time. */
  | (QueueMessage & { readonly kind: 'visibility-changed'; readonly nextVisibleAtMs: number })
  | (QueueMessage & { readonly kind: 'deleted' })
  /** The retention of a message ended; it is found out at the next request to its queue. */
  | (QueueMessage & { readonly kind: 'expired'; readonly expiredAtMs: number })
  /** A task was created. */
  | { readonly kind: 'task-submitted'; readonly taskId: string; readonly taskType: string; readonly project: string }
  /** A task that had to wait left the queue. */
  | { readonly kind: 'task-started'; readonly taskId: string; readonly taskType: string }
  /** A task ended; its record is final from here on. `code` says why it failed. */
  | {
      readonly kind: 'task-ended';
      readonly taskId: string;
      readonly taskType: string;
      readonly state: 'succeeded' | 'failed';
      readonly code?: string;
    }
  /** A function of the IMM options threw, or gave what is out of range; the action that it was asked about did nothing. */
  | { readonly kind: 'script-failed'; readonly action: string; readonly project: string; readonly reason: string }
  /** A copy of an event (1 for the first) does not go the usual way, because the options say so. */
  | {
      readonly kind: 'event-disturbed';
      readonly taskId: string;
      readonly disturbance: 'duplicated' | 'delayed' | 'overtaken';
      readonly copy: number;
    }
  /** An event went to its topic; `copy` counts from 2, for what was published before. */
  | {
      readonly kind: 'event-published';
      readonly taskId: string;
      readonly topicName: string;
      readonly messageId: string;
      readonly copy?: number;
    }
  /** An event could not be published: the task's result stands, the event is gone. */
  | { readonly kind: 'event-lost'; readonly taskId: string; readonly topicName: string; readonly reason: string }
  /** A topic put a message into a queue. */
  | {
      readonly kind: 'delivered';
      readonly topicName: string;
      readonly subscriptionName: string;
      readonly queueName: string;
      /** The id that publishing returned. */
      readonly messageId: string;
      /** The id that it has in the queue. */
      readonly queueMessageId: string;
    }
  /** A topic pushed a message to a web server, which took it. */
  | {
      readonly kind: 'pushed';
      readonly topicName: string;
      readonly subscriptionName: string;
      readonly messageId: string;
      readonly url: string;
      /** Any 2xx. */
      readonly status: number;
      /** 1 for the first. */
      readonly attempt: number;
    }
  /** A topic would have sent a mail; `note` says what the message lacks for it. */
  | {
      readonly kind: 'mailed';
      readonly topicName: string;
      readonly subscriptionName: string;
      readonly messageId: string;
      readonly address: string;
      readonly body: string;
      readonly attributes?: Readonly<Record<string, unknown>>;
      readonly note?: string;
    }
  /** A topic would have sent an SMS; `note` says what the message lacks for it. */
  | {
      readonly kind: 'texted';
      readonly topicName: string;
      readonly subscriptionName: string;
      readonly messageId: string;
      /** A number, or `anonymous`. */
      readonly phone: string;
      readonly body: string;
      readonly attributes?: Readonly<Record<string, unknown>>;
      readonly note?: string;
    }
  /** A topic would have notified the users of an app; `note` says what the message lacks for it. */
  | {
      readonly kind: 'app-notified';
      readonly topicName: string;
      readonly subscriptionName: string;
      readonly messageId: string;
      readonly appKey: string;
      readonly body: string;
      readonly attributes?: Readonly<Record<string, unknown>>;
      readonly note?: string;
    }
  /** A topic could not deliver, and will try again at `retryAtMs`. */
  | {
      readonly kind: 'delivery-failed';
      readonly topicName: string;
      readonly subscriptionName: string;
      readonly messageId: string;
      readonly attempt: number;
      readonly reason: string;
      readonly retryAtMs: number;
    }
  /** A topic gave up on a delivery after its last retry. */
  | {
      readonly kind: 'delivery-dropped';
      readonly topicName: string;
      readonly subscriptionName: string;
      readonly messageId: string;
      readonly attempts: number;
      readonly reason: string;
    };
