import { sleep, type Clock, type SeededRandom, type WireHandler } from '@mnsbus/core';

/**
 * A network between clients and services: requests and answers take their time, each its own.
 *
 * A client that hangs up, or dies, while its answer is on the way has had its effect and does not know it.
 */
export function networkTo(handle: WireHandler, clock: Clock, random: SeededRandom, mostMs: number): WireHandler {
  if (mostMs === 0) return handle;
  return async (request) => {
    await sleep(clock, random.integer(0, mostMs), request.signal);
    // Hung up before the request arrived: nobody waits for what comes back.
    if (request.signal?.aborted === true) throw new Error('the connection was closed');
    const response = await handle(request);
    await sleep(clock, random.integer(0, mostMs), request.signal);
    return response;
  };
}
