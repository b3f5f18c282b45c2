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
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('the rest did not come in time')), { once: true });
  });
  for (let size = 0; ;) {
    const { done, value } = await Promise.race([iterator.next(), aborted]);
    if (done === true) return Buffer.concat(chunks);
    size += value.length;
    if (size > maxBytes) return undefined;
    chunks.push(value);
  }
}
