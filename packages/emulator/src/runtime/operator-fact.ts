/** Somebody has done something by hand, without signing a request. */
export interface OperatorFact {
  readonly kind: 'operated';
  readonly operation:
    | 'publish'
    | 'send'
    | 'redrive'
    | 'expire'
    | 'delete'
    | 'purge'
    | 'finish-task'
    | 'fail-task'
    | 'hold-task'
    | 'set-clock'
    | 'advance-clock'
    | 'seed'
    | 'reset'
    | 'restore'
    | 'add-fault'
    | 'remove-fault'
    | 'set-reply'
    | 'remove-reply';
  /** Account and region, `1000000000000001/cn-beijing`; absent for those of requests whose host names none. */
  readonly tenant?: string;
  /** The account that was reset; absent when all of them were. */
  readonly accountId?: string;
  readonly queueName?: string;
  readonly toQueueName?: string;
  readonly topicName?: string;
  readonly taskId?: string;
  readonly faultId?: string;
  /** The action of IMM whose reply was set or removed; absent when all were removed. */
  readonly action?: string;
  readonly apiVersion?: string;
  /** The first thousand; `count` tells how many there were. */
  readonly messageIds?: readonly string[];
  readonly count?: number;
}
