import { abortable } from '@mnsbus/core/internal';

/**
 * All bytes of a stream; `undefined` as soon as there are more than `maxBytes`. Rejects when the stream does, or `signal` aborts.
 *
 * What is left stays unread and the stream as it is, so that an answer can still be sent on its connection.
 */
export async function readBounded(
  stream: AsyncIterable<Uint8Array>,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  const iterator = stream[Symbol.asyncIterator]();
  for (let size = 0; ;) {
    const { done, value } = await abortable(iterator.next(), signal);
    if (done === true) return Buffer.concat(chunks);
    size += value.length;
    if (size > maxBytes) return undefined;
    chunks.push(value);
  }
}
