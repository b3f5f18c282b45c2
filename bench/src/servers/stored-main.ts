// An emulator, or its bare model, with so many messages stored. Tells its memory per message when filled; then
// measures a round of so many milliseconds whenever it is told one. Arguments: model|emulator, number of messages.
import { createEmulator } from '../../../packages/emulator/dist/emulator.js';
import { MnsModel } from '../../../packages/emulator/dist/mns/model/mns-model.js';
import { NO_PROPERTIES } from '../../../packages/emulator/dist/mns/model/message-properties.js';
import { listen } from '../../../packages/emulator/dist/mounts/http.js';
import { mnsBatch, mnsHeaders } from '../protocols/mns.js';

/** What this program tells when it is filled. */
export interface Filled {
  /** Heap and external memory, less the body's 100 bytes. */
  readonly bytesPerMessage: number;
  /** Where the emulator listens; 0 for the model. */
  readonly port: number;
}

const QUEUE = 'stored';
const BATCH = 16;

const [, , kind, countText = '0'] = process.argv;
const count = Number(countText);
// Each body is a text of its own: equal ones might be kept only once.
const bodyOf = (index: number): string => String(index).padStart(100, 'x');

function memoryBytes(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function bytesPerMessage(emptyBytes: number): number {
  return (memoryBytes() - emptyBytes) / count - 100;
}

function tell(filled: Filled): void {
  process.send?.(filled);
}

function unwrap<T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false }): T {
  if (!result.ok) throw new Error('the model refused');
  return result.value;
}

function fillModel(): MnsModel {
  const model = new MnsModel();
  const nowMs = Date.now();
  unwrap(model.apply({ type: 'createQueue', queueName: QUEUE, attributes: {} }, nowMs));
  const emptyBytes = memoryBytes();
  for (let index = 0; index < count; index += 1) sendTo(model, bodyOf(index));
  tell({ bytesPerMessage: bytesPerMessage(emptyBytes), port: 0 });
  return model;
}

function sendTo(model: MnsModel, body: string): void {
  const message = { body, priority: 8, ...NO_PROPERTIES };
  unwrap(model.apply({ type: 'sendMessage', queueName: QUEUE, message }, Date.now()));
}

/** Microseconds of one send, receive and delete. */
function roundOf(model: MnsModel, roundMs: number): number {
  const startMs = performance.now();
  const endMs = startMs + roundMs;
  let cycles = 0;
  for (; performance.now() < endMs; cycles += 1) {
    sendTo(model, bodyOf(cycles));
    const { messages } = unwrap(
      model.apply({ type: 'receiveMessages', queueName: QUEUE, count: 1, waitSeconds: 0 }, Date.now()),
    );
    const receiptHandle = messages[0]?.receiptHandle;
    unwrap(model.apply({ type: 'deleteMessage', queueName: QUEUE, receiptHandle }, Date.now()));
  }
  return ((performance.now() - startMs) * 1000) / cycles;
}

async function serveEmulator(): Promise<void> {
  const emulator = createEmulator();
  const call = async (method: string, target: string, body: string): Promise<void> => {
    const reply = await emulator.handle({
      method,
      target,
      headers: Object.entries(mnsHeaders(method, target)),
      body: Buffer.from(body),
      signal: new AbortController().signal,
    });
    if (reply.status !== 201) throw new Error(`refused with ${reply.status}`);
  };
  await call('PUT', `/queues/${QUEUE}`, '<Queue/>');
  const emptyBytes = memoryBytes();
  for (let from = 0; from < count; from += BATCH) {
    const size = Math.min(BATCH, count - from);
    const bodies = Array.from({ length: size }, (_, index) => bodyOf(from + index));
    await call('POST', `/queues/${QUEUE}/messages`, mnsBatch(bodies));
  }
  const bytes = bytesPerMessage(emptyBytes);
  const { port } = await listen(emulator);
  tell({ bytesPerMessage: bytes, port });
}

if (kind === 'model') {
  const model = fillModel();
  process.on('message', (roundMs) => process.send?.(roundOf(model, Number(roundMs))));
} else await serveEmulator();
