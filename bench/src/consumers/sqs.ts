import { NOTIFICATION, turn, wait, type ConsumerRun, type ConsumerSample } from './engine.js';

// sqs-consumer is installed for benchmarks only, so nothing here may need its types to compile.
interface SqsConsumer {
  on(event: 'error' | 'processing_error' | 'timeout_error', listener: () => void): void;
  start(): void;
  stop(options?: { abort?: boolean }): void;
}

interface SqsConsumerModule {
  readonly Consumer: { create(options: object): SqsConsumer };
}

/** sqs-consumer on a queue in memory that answers at once; nothing is decoded or verified. */
export async function runSqsConsumer({ concurrency, durationMs, workMs }: ConsumerRun): Promise<ConsumerSample> {
  const name = 'sqs-consumer';
  const { Consumer }: SqsConsumerModule = await import(name);
  const state = { handled: 0, started: 0, requests: 0, sent: 0 };
  let receives = 0;
  const sqs = {
    send: async (command: { readonly constructor: { readonly name: string } }): Promise<object> => {
      state.requests += 1;
      if (command.constructor.name !== 'ReceiveMessageCommand') return {};
      receives += 1;
      if (receives % 32 === 0) await turn();
      return {
        Messages: Array.from({ length: concurrency }, () => {
          state.sent += 1;
          return { MessageId: String(state.sent), ReceiptHandle: String(state.sent), Body: NOTIFICATION };
        }),
      };
    },
  };
  const consumer = Consumer.create({
    queueUrl: 'http://sqs.test/q',
    region: 'none',
    sqs,
    batchSize: concurrency,
    handleMessage: async (message: object) => {
      const ms = workMs(state.started);
      state.started += 1;
      if (ms > 0) await wait(ms);
      state.handled += 1;
      return message;
    },
  });
  for (const event of ['error', 'processing_error', 'timeout_error'] as const) consumer.on(event, () => {});
  const startMs = performance.now();
  consumer.start();
  await wait(durationMs);
  const { handled, requests } = state;
  const seconds = (performance.now() - startMs) / 1000;
  consumer.stop({ abort: true });
  return { messagesPerSecond: handled / seconds, requestsPerMessage: requests / Math.max(1, handled) };
}
