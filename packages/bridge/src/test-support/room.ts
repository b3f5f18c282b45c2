import type { WireHandler } from '@mnsbus/core';
import type { Bridge } from '../bridge.js';
import type { BridgeStatus } from '../status/bridge-status.js';
import { mountDirect } from './mounts.js';
import { QUEUE, createQueue, createResources } from './resources.js';

/** A bus on the direct mount, with the whole way set up, a dead-letter queue `dead`, and its statuses collected. */
export type Room = ReturnType<typeof mountDirect> & { readonly bus: Bridge; readonly statuses: BridgeStatus[] };

/** The event that these tests send. */
export const CONVERTED = 'FormatConvertJob:JobFinished';

/** Sets a room up; `wrap` may come between bus and service. */
export async function room(
  options: Parameters<ReturnType<typeof mountDirect>['bridge']>[0] = { queueName: QUEUE },
  wrap?: (handle: WireHandler) => WireHandler,
  visibilitySeconds?: number,
): Promise<Room> {
  const mounted = mountDirect({}, wrap);
  await mounted.until(createResources(mounted, 'JSON', visibilitySeconds));
  await mounted.until(createQueue(mounted, 'dead'));
  const bus = mounted.bridge(options);
  const statuses: BridgeStatus[] = [];
  const feed = bus.status();
  void (async () => {
    for await (const status of feed) statuses.push(status);
  })();
  return { ...mounted, bus, statuses };
}

/** The types of statuses, in order. */
export const typesIn = (statuses: readonly BridgeStatus[]): string[] => statuses.map(({ type }) => type);
