import { tracingChannel, type TracingChannel } from 'node:diagnostics_channel';
import type { Delivery, QueueDelivery } from '../mns/delivery.js';
import type { Verdict } from '../dispatch/verdict.js';

/** What all traces have in common. */
export interface Trace {
  /**
   * A subscriber may set it when the trace starts: what is traced then runs inside, for example with a span as its active
   * context. It must call `run` once and return what that returns.
   */
  around?: (<T>(run: () => T) => T) | undefined;
  /** Set when it failed. */
  error?: unknown;
}

/** `mnsbus:receive`: one receive of one queue, long polls included. */
export interface ReceiveTrace extends Trace {
  readonly queueName: string;
  /** How many messages were asked for. */
  readonly max: number;
  readonly waitSeconds: number;
  /** What came. */
  deliveries?: readonly QueueDelivery[];
}

/** `mnsbus:process`: one message at its listeners, until its verdict. */
export interface ProcessTrace extends Trace {
  /** The queue, or the topic of a push. */
  readonly destination: string;
  readonly delivery: Delivery;
  readonly eventNames: readonly string[];
  /** What is to become of the message. */
  verdict?: Verdict['type'];
}

/** `mnsbus:settle`: one call that ends, extends or copies messages. */
export interface SettleTrace extends Trace {
  readonly queueName: string;
  /** `change-visibility` gives a message back, or extends its lease; `copy` sends it to a dead-letter queue. */
  readonly operation: 'delete' | 'change-visibility' | 'copy';
  readonly messageCount: number;
  /** How many of them were refused. */
  failed?: number;
}

/** Receives of queues: `tracing:mnsbus:receive:start`, `…:asyncEnd` and `…:error` of `node:diagnostics_channel`. */
export const receiveChannel: TracingChannel<ReceiveTrace, ReceiveTrace> = tracingChannel('mnsbus:receive');
/** Messages at their listeners. */
export const processChannel: TracingChannel<ProcessTrace, ProcessTrace> = tracingChannel('mnsbus:process');
/** Calls that settle messages. */
export const settleChannel: TracingChannel<SettleTrace, SettleTrace> = tracingChannel('mnsbus:settle');

/** Runs something as a trace of a channel; without subscribers it only runs it. */
export function traced<T, Context extends Trace>(
  channel: TracingChannel<Context, Context>,
  context: Context,
  run: () => Promise<T>,
): Promise<T> {
  if (!channel.hasSubscribers) return run();
  return channel.tracePromise(() => (context.around === undefined ? run() : context.around(run)), context);
}
