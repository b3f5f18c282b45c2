import { createEventRegistry, decodeNotification, md5Hex } from '../../../packages/core/dist/index.js';
import { NOTIFICATION } from './engine.js';

const registry = createEventRegistry({ events: [] });
const bodyMD5 = md5Hex(NOTIFICATION);

/** Decodes and verifies for a while; messages per second. */
export function decode(durationMs: number): number {
  return repeat(durationMs, () => {
    if (md5Hex(NOTIFICATION) !== bodyMD5) throw new Error('corrupt');
    const [event] = registry.decode(decodeNotification(NOTIFICATION, { hasUserProperties: false }).text);
    if (event === undefined) throw new Error('no event');
  });
}

/** What nobody can do without: both texts parsed, and both MD5s that the contract asks for; messages per second. */
export function parseOnly(durationMs: number): number {
  return repeat(durationMs, () => {
    if (md5Hex(NOTIFICATION) !== bodyMD5) throw new Error('corrupt');
    const { Message, MessageMD5 }: { Message: string; MessageMD5: string } = JSON.parse(NOTIFICATION);
    if (md5Hex(Message) !== MessageMD5) throw new Error('corrupt');
    if (JSON.parse(Message).events.length !== 1) throw new Error('no event');
  });
}

function repeat(durationMs: number, run: () => void): number {
  const startMs = performance.now();
  let count = 0;
  while (performance.now() - startMs < durationMs) {
    for (let index = 0; index < 100; index += 1) run();
    count += 100;
  }
  return count / ((performance.now() - startMs) / 1000);
}
