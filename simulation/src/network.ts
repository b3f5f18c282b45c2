import { sleep, type Clock, type SeededRandom, type WireHandler, type WireResponse } from '@mnsbus/core';
import type { NetworkPlan } from './scenario-plan.js';

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

/** How long it takes a machine to find that there is no way, in milliseconds. */
const REFUSED_MS = 10;

/** The network as a replica finds it: now and then it leads nowhere, or to a gateway that knows nothing of the service. */
export function brokenNetwork(
  network: WireHandler,
  clock: Clock,
  kindNow: () => NetworkPlan['kind'] | undefined,
): WireHandler {
  return async (request) => {
    const kind = kindNow();
    if (kind === undefined) return network(request);
    if (kind === 'hangs') {
      await new Promise<void>((resolve) => {
        if (request.signal?.aborted === true) resolve();
        else request.signal?.addEventListener('abort', () => resolve(), { once: true });
      });
      throw new Error('the connection was closed');
    }
    await sleep(clock, REFUSED_MS, request.signal);
    if (kind === 'down') throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    return pageOf(kind);
  };
}

/** The page of a gateway, as one before the service has it. */
function pageOf(status: number): WireResponse {
  const text = `<!DOCTYPE html><html><head><title>${status}</title></head><body><h1>${status}</h1><hr>gateway</body></html>`;
  return {
    status,
    headers: [['Content-Type', 'text/html; charset=utf-8']],
    body: Buffer.from(status === 204 || status === 304 ? '' : text),
  };
}
