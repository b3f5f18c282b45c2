import { joinSignals } from '@mnsbus/core/internal';

/**
 * Makes a call with a signal for its request, which aborts with `signal`, and when the call has failed.
 *
 * The SDKs give up a reply that takes too long, but go on reading it: each such call would leave a connection on which
 * something trickles. A request whose reply was read to its end is not touched by the signal, nor is its connection.
 */
export async function endsWithCall<T>(
  signal: AbortSignal | undefined,
  call: (request: AbortSignal) => Promise<T>,
): Promise<T> {
  const failed = new AbortController();
  const joined = joinSignals(signal, failed.signal);
  try {
    return await call(joined.signal);
  } catch (error) {
    failed.abort(error);
    throw error;
  } finally {
    joined.release();
  }
}
