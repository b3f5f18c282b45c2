import { context, propagation, trace, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-base';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { QUEUE, countMessages, eventText, publish } from '../test-support/resources.js';
import { CONVERTED, room, type Room } from '../test-support/room.js';
import {
  processChannel,
  receiveChannel,
  settleChannel,
  traced,
  type ProcessTrace,
  type SettleTrace,
} from './channels.js';
import { instrument } from './opentelemetry.js';

const PARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

/** Publishes with a user property that carries the publisher's trace. */
async function publishTraced({ mns, until }: Room, text: string): Promise<void> {
  const property = `<PropertyValue><Name>traceparent</Name><Value>${PARENT}</Value><Type>STRING</Type></PropertyValue>`;
  const body = `<Message><MessageBody>${text.replaceAll('"', '&quot;')}</MessageBody><UserProperties>${property}</UserProperties></Message>`;
  await until(mns({ method: 'POST', resource: '/topics/imm-events-topic/messages', body }));
}

describe('Channels', () => {
  it('tell of every receive, message and settlement, and change nothing', async () => {
    const made = await room({ queueName: QUEUE, deadLetterQueue: 'dead', maxDeliveries: 1 });
    const { bus, clock, until } = made;
    const seen: ProcessTrace[] = [];
    const settled: SettleTrace[] = [];
    let received = 0;
    const ends = {
      process: { asyncEnd: (message: ProcessTrace) => void seen.push(message) },
      settle: { asyncEnd: (message: SettleTrace) => void settled.push(message) },
      receive: {
        asyncEnd: ({ deliveries = [] }: { deliveries?: readonly unknown[] }) => void (received += deliveries.length),
      },
    };
    const none = { start: () => {}, end: () => {}, asyncStart: () => {}, error: () => {} };
    const processEnds = { ...none, ...ends.process };
    processChannel.subscribe(processEnds);
    onTestFinished(() => {
      processChannel.unsubscribe(processEnds);
    });
    const settleEnds = { ...none, ...ends.settle };
    settleChannel.subscribe(settleEnds);
    onTestFinished(() => {
      settleChannel.unsubscribe(settleEnds);
    });
    const receiveEnds = { ...none, ...ends.receive };
    receiveChannel.subscribe(receiveEnds);
    onTestFinished(() => {
      receiveChannel.unsubscribe(receiveEnds);
    });
    bus.on(CONVERTED, ({ data }) => {
      if (data.taskId === 'bad') throw new Error('no');
    });
    await until(bus.start());
    await until(publish(made, eventText('good')));
    await clock.advanceBy(100);
    await until(publish(made, eventText('bad')));
    await clock.advanceBy(1000);
    expect(received).toBe(2);
    expect(seen).toMatchObject([
      { destination: QUEUE, eventNames: [CONVERTED], verdict: 'ack' },
      { destination: QUEUE, verdict: 'retry', error: { code: 'LISTENER_FAILED' } },
    ]);
    expect(settled.map(({ operation, messageCount }) => [operation, messageCount])).toEqual([
      ['delete', 1],
      ['copy', 1],
      ['delete', 1],
    ]);
    expect(await until(countMessages(made, 'dead'))).toEqual({ active: 1, inactive: 0 });
    await until(bus.close());
  });

  it('cost a call nothing without subscribers, and run it inside what a subscriber sets', async () => {
    const { tracingChannel } = await import('node:diagnostics_channel');
    const channel = tracingChannel<unknown, SettleTrace>('mnsbus:test');
    const quiet: SettleTrace = { queueName: 'q', operation: 'delete', messageCount: 1 };
    expect(await traced(channel, quiet, async () => 7)).toBe(7);
    const order: string[] = [];
    channel.subscribe({
      start: (message) => {
        order.push('start');
        message.around = (run) => {
          order.push('around');
          return run();
        };
      },
      end: () => {},
      asyncStart: () => {},
      asyncEnd: () => order.push('end'),
      error: ({ error }) => order.push(String(error)),
    });
    await expect(traced(channel, { ...quiet }, async () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(order).toEqual(['start', 'around', 'Error: no', 'end']);
  });
});

describe('@mnsbus/bridge/opentelemetry', () => {
  beforeAll(() => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  });
  afterAll(() => {
    context.disable();
    propagation.disable();
  });

  async function instrumented(options: Parameters<typeof room>[0] = { queueName: QUEUE }) {
    const made = await room(options);
    const exporter = new InMemorySpanExporter();
    const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
    const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    const reader = new PeriodicExportingMetricReader({ exporter: metricExporter, exportIntervalMillis: 2 ** 30 });
    const meterProvider = new MeterProvider({ readers: [reader] });
    const { disable } = instrument({ tracerProvider, meterProvider, clock: made.clock });
    onTestFinished(async () => {
      disable();
      await meterProvider.shutdown();
    });
    const spans = (name: string): ReadableSpan[] => exporter.getFinishedSpans().filter((span) => span.name === name);
    return {
      ...made,
      exporter,
      spans,
      tracer: tracerProvider.getTracer('app'),
      meterProvider,
      metricExporter,
      disable,
    };
  }

  it('makes a span per message, active while listeners run, linked to receive and publisher', async () => {
    const made = await instrumented();
    const { bus, clock, until, spans, tracer } = made;
    bus.on(CONVERTED, async () => {
      await new Promise<void>((resolve) => void clock.after(250, resolve));
      tracer.startSpan('inside').end();
    });
    await until(bus.start());
    await publishTraced(made, eventText('t1'));
    await clock.advanceBy(1000);
    const [process] = spans(`process ${QUEUE}`);
    const [receive] = spans(`receive ${QUEUE}`);
    expect(process?.kind).toBe(SpanKind.CONSUMER);
    expect(process?.attributes).toMatchObject({
      'messaging.system': 'alibaba_mns',
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.destination.name': QUEUE,
      'messaging.message.id': expect.stringMatching(/^[0-9A-F]+/),
      'messaging.message.body.size': expect.any(Number),
      'mnsbus.event.names': [CONVERTED],
      'mnsbus.verdict': 'ack',
      'mnsbus.delivery.count': 1,
    });
    expect(process?.links.map((link) => link.context.spanId)).toEqual([
      receive?.spanContext().spanId,
      'b7ad6b7169203331',
    ]);
    expect(process?.duration).toEqual([0, 250_000_000]);
    expect(receive?.attributes).toMatchObject({
      'messaging.batch.message_count': 1,
      'messaging.operation.type': 'receive',
    });
    const [inside] = spans('inside');
    expect(inside?.parentSpanContext?.spanId).toBe(process?.spanContext().spanId);
    expect(spans(`delete ${QUEUE}`)[0]?.attributes).toMatchObject({
      'messaging.operation.type': 'settle',
      'messaging.batch.message_count': 1,
    });
    await until(bus.close());
  });

  it('says what failed by its code, and shows no body, handle or key', async () => {
    const made = await instrumented();
    const { bus, clock, until, spans, exporter, connection } = made;
    bus.once(CONVERTED, () => {
      throw new Error('broken');
    });
    await until(bus.start());
    await until(publish(made, eventText('private-task')));
    await clock.advanceBy(400);
    expect(spans(`process ${QUEUE}`)[0]).toMatchObject({
      status: { code: SpanStatusCode.ERROR },
      attributes: { 'error.type': 'LISTENER_FAILED', 'mnsbus.verdict': 'retry' },
    });
    const shown = JSON.stringify(
      exporter.getFinishedSpans().map(({ name, attributes, status }) => ({ name, attributes, status })),
    );
    for (const secret of ['private-task', 'eceiptHandle', connection.accessKeyId, connection.accessKeySecret]) {
      expect(shown).not.toContain(secret);
    }
    await until(bus.close());
  });

  it('counts and measures', async () => {
    const made = await instrumented();
    const { bus, clock, until, meterProvider, metricExporter } = made;
    bus.on(CONVERTED, () => new Promise<void>((resolve) => void clock.after(2000, resolve)));
    await until(bus.start());
    for (const taskId of ['t1', 't2', 't3']) await until(publish(made, eventText(taskId)));
    await clock.advanceBy(5000);
    await meterProvider.forceFlush();
    const all = metricExporter
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
    const valueOf = (name: string, operation: string): unknown =>
      all
        .filter(({ descriptor }) => descriptor.name === name)
        .flatMap((metric): readonly { attributes: object; value: unknown }[] => [...metric.dataPoints])
        .find(({ attributes }) => (attributes as Record<string, unknown>)['messaging.operation.name'] === operation)
        ?.value;
    expect(valueOf('messaging.client.consumed.messages', 'receive')).toBe(3);
    expect(valueOf('messaging.process.duration', 'process')).toMatchObject({ count: 3, sum: 6 });
    expect(valueOf('messaging.client.operation.duration', 'delete')).toMatchObject({ count: expect.any(Number) });
    await until(bus.close());
  });

  it('makes nothing any more once it is disabled, and harms no message when it fails', async () => {
    const made = await instrumented();
    const { bus, clock, until, exporter, disable } = made;
    disable();
    const broken = instrument({
      tracerProvider: {
        getTracer: () => ({
          startSpan: () => {
            throw new Error('exporter is down');
          },
          startActiveSpan: () => {
            throw new Error('exporter is down');
          },
        }),
      },
      clock,
    });
    let calls = 0;
    bus.on(CONVERTED, () => void (calls += 1));
    await until(bus.start());
    await until(publish(made, eventText('t1')));
    await clock.advanceBy(1000);
    broken.disable();
    expect(exporter.getFinishedSpans()).toEqual([]);
    expect(trace.getActiveSpan()).toBeUndefined();
    expect([calls, await until(countMessages(made))]).toEqual([1, { active: 0, inactive: 0 }]);
    await until(bus.close());
  });
});
