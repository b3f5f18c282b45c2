import type { TracingChannel } from 'node:diagnostics_channel';
import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  context,
  metrics,
  propagation,
  trace,
  type Attributes,
  type Histogram,
  type Link,
  type Meter,
  type MeterProvider,
  type Span,
  type SpanContext,
  type Tracer,
  type TracerProvider,
} from '@opentelemetry/api';
import { SystemClock, type Clock } from '@mnsbus/core';
import type { Delivery } from '../mns/delivery.js';
import {
  processChannel,
  receiveChannel,
  settleChannel,
  type ProcessTrace,
  type ReceiveTrace,
  type SettleTrace,
  type Trace,
} from './channels.js';

/** Where spans and metrics go. */
export interface InstrumentOptions {
  /** Default the global one. */
  readonly tracerProvider?: TracerProvider | undefined;
  /** Default the global one. */
  readonly meterProvider?: MeterProvider | undefined;
  /** Source of time for spans that are only made when something came. Default the machine's clock. */
  readonly clock?: Clock | undefined;
}

/** Spans and metrics that are being made. */
export interface Instrumentation {
  /** Makes no more. */
  readonly disable: () => void;
}

const NAME = '@mnsbus/bridge';

/** The conventions know no word for MNS; `aws_sqs` and `gcp_pubsub` are formed alike. */
const SYSTEM = 'alibaba_mns';

/** What the conventions advise for durations, in seconds. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/**
 * Makes spans and metrics of every bridge in this process, by the semantic conventions for messaging.
 *
 * A span `process {queue}` for each message, active while its listeners run, linked to its receive and to the publisher's
 * context when the message carries a `traceparent`; `receive {queue}` for receives that brought something; `settle {queue}`.
 * Metrics `messaging.client.operation.duration`, `messaging.client.consumed.messages` and `messaging.process.duration`. No
 * body, receipt handle or key is in any of them.
 */
export function instrument(options: InstrumentOptions = {}): Instrumentation {
  const { clock = new SystemClock() } = options;
  const tracer = (options.tracerProvider ?? trace.getTracerProvider()).getTracer(NAME);
  const meter = (options.meterProvider ?? metrics.getMeterProvider()).getMeter(NAME);
  const received = new WeakMap<Delivery, SpanContext>();
  const ends = [
    subscribe(receiveChannel, receiveSpans(tracer, meter, clock, received)),
    subscribe(processChannel, processSpans(tracer, meter, clock, received)),
    subscribe(settleChannel, settleSpans(tracer, meter, clock)),
  ];
  return {
    disable: () => {
      for (const end of ends) end();
    },
  };
}

interface Subscriber<Context> {
  readonly start: (traced: Context) => void;
  readonly end: (traced: Context) => void;
}

function subscribe<Context extends Trace>(
  channel: TracingChannel<unknown, Context>,
  { start, end }: Subscriber<Context>,
): () => void {
  const handlers = {
    // What is thrown here would become an uncaught exception of the app.
    start: (message: Context) => quietly(() => start(message)),
    asyncEnd: (message: Context) => quietly(() => end(message)),
    end: () => {},
    asyncStart: () => {},
    error: () => {},
  };
  channel.subscribe(handlers);
  return () => {
    channel.unsubscribe(handlers);
  };
}

function quietly(run: () => void): void {
  try {
    run();
  } catch {
    // Telemetry that fails must not touch a message.
  }
}

function receiveSpans(
  tracer: Tracer,
  meter: Meter,
  clock: Clock,
  received: WeakMap<Delivery, SpanContext>,
): Subscriber<ReceiveTrace> {
  const durations = operationDurations(meter);
  const consumed = meter.createCounter('messaging.client.consumed.messages', {
    description: 'Number of messages that were delivered to the application.',
    unit: '{message}',
  });
  const startedMs = new WeakMap<ReceiveTrace, number>();
  return {
    start: (traced) => void startedMs.set(traced, clock.now()),
    end: (traced) => {
      const { queueName, deliveries = [], error } = traced;
      const startMs = startedMs.get(traced) ?? clock.now();
      const attributes = { ...attributesOf('receive', 'receive', queueName), ...failure(error) };
      durations.record((clock.now() - startMs) / 1000, attributes);
      // A long poll that brought nothing is no news, but for its duration.
      if (deliveries.length === 0 && error === undefined) return;
      consumed.add(deliveries.length, attributes);
      const span = tracer.startSpan(
        `receive ${queueName}`,
        {
          kind: SpanKind.CLIENT,
          startTime: startMs,
          attributes: { ...attributes, 'messaging.batch.message_count': deliveries.length },
        },
        ROOT_CONTEXT,
      );
      for (const delivery of deliveries) received.set(delivery, span.spanContext());
      endSpan(span, error, clock);
    },
  };
}

function processSpans(
  tracer: Tracer,
  meter: Meter,
  clock: Clock,
  received: WeakMap<Delivery, SpanContext>,
): Subscriber<ProcessTrace> {
  const durations = meter.createHistogram('messaging.process.duration', {
    description: 'Duration of processing operation.',
    unit: 's',
    advice: { explicitBucketBoundaries: BUCKETS },
  });
  const open = new WeakMap<ProcessTrace, { readonly span: Span; readonly startMs: number }>();
  return {
    start: (traced) => {
      const { destination, delivery, eventNames } = traced;
      const startMs = clock.now();
      const links = [received.get(delivery), publisherOf(delivery)].flatMap((linked): readonly Link[] =>
        linked === undefined ? [] : [{ context: linked }],
      );
      const span = tracer.startSpan(
        `process ${destination}`,
        {
          kind: SpanKind.CONSUMER,
          startTime: startMs,
          links,
          attributes: {
            ...attributesOf('process', 'process', destination),
            'messaging.message.id': delivery.messageId,
            'messaging.message.body.size': Buffer.byteLength(delivery.body, 'utf8'),
            'mnsbus.event.names': [...eventNames],
            ...(delivery.deliveryCount === undefined ? {} : { 'mnsbus.delivery.count': delivery.deliveryCount }),
          },
        },
        ROOT_CONTEXT,
      );
      open.set(traced, { span, startMs });
      traced.around = (run) => context.with(trace.setSpan(context.active(), span), run);
    },
    end: (traced) => {
      const { destination, verdict, error } = traced;
      const opened = open.get(traced);
      if (opened === undefined) return;
      const { span, startMs } = opened;
      if (verdict !== undefined) span.setAttribute('mnsbus.verdict', verdict);
      const attributes = { ...attributesOf('process', 'process', destination), ...failure(error) };
      durations.record((clock.now() - startMs) / 1000, attributes);
      endSpan(span, error, clock);
    },
  };
}

function settleSpans(tracer: Tracer, meter: Meter, clock: Clock): Subscriber<SettleTrace> {
  const durations = operationDurations(meter);
  const open = new WeakMap<SettleTrace, { readonly span: Span; readonly startMs: number }>();
  return {
    start: (traced) => {
      const { queueName, operation, messageCount } = traced;
      const startMs = clock.now();
      const attributes = {
        ...attributesOf(operation, 'settle', queueName),
        'messaging.batch.message_count': messageCount,
      };
      const span = tracer.startSpan(`${operation} ${queueName}`, {
        kind: SpanKind.CLIENT,
        startTime: startMs,
        attributes,
      });
      open.set(traced, { span, startMs });
    },
    end: (traced) => {
      const opened = open.get(traced);
      if (opened === undefined) return;
      const { span, startMs } = opened;
      const { queueName, operation, error, failed = 0 } = traced;
      const attributes = { ...attributesOf(operation, 'settle', queueName), ...failure(error) };
      durations.record((clock.now() - startMs) / 1000, attributes);
      if (failed > 0) span.setAttribute('mnsbus.refused.count', failed);
      endSpan(span, error, clock);
    },
  };
}

function operationDurations(meter: Meter): Histogram {
  return meter.createHistogram('messaging.client.operation.duration', {
    description: 'Duration of messaging operation initiated by a producer or consumer client.',
    unit: 's',
    advice: { explicitBucketBoundaries: BUCKETS },
  });
}

function attributesOf(name: string, type: 'receive' | 'process' | 'settle', destination: string): Attributes {
  return {
    'messaging.system': SYSTEM,
    'messaging.operation.name': name,
    'messaging.operation.type': type,
    'messaging.destination.name': destination,
  };
}

function failure(error: unknown): Attributes {
  return error === undefined ? {} : { 'error.type': codeOf(error) };
}

function codeOf(error: unknown): string {
  if (error instanceof Error) return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return '_OTHER';
}

function endSpan(span: Span, error: unknown, clock: Clock): void {
  if (error !== undefined) {
    span.setAttribute('error.type', codeOf(error));
    span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : codeOf(error) });
  }
  span.end(clock.now());
}

/** The context of whoever published a message, out of its user properties. */
function publisherOf({ userProperties }: Delivery): SpanContext | undefined {
  const carrier = Object.fromEntries(userProperties.map(({ name, value }) => [name, value]));
  return 'traceparent' in carrier ? trace.getSpanContext(propagation.extract(ROOT_CONTEXT, carrier)) : undefined;
}
