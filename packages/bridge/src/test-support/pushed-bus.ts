import type { WireHandler } from '@mnsbus/core';
import { expect } from 'vitest';
import type { BridgeOptions } from '../options/bridge-options.js';
import type { PushAttempt } from './pushing-topic.js';
import { countMessages } from './resources.js';
import { room, type Room } from './room.js';

/** A bus that is pushed to, and how many messages are in its dead-letter queue. */
export type PushedBus = Room & { readonly dead: () => Promise<number> };

/** A bus for pushes with a dead-letter queue, unless it is told otherwise. */
export async function pushedBus(
  options: Omit<BridgeOptions, 'mns' | 'clock' | 'transport'> = { deadLetterQueue: 'dead' },
  wrap?: (handle: WireHandler) => WireHandler,
): Promise<PushedBus> {
  const made = await room(options, wrap);
  await made.until(made.bus.start());
  return { ...made, dead: async () => (await made.until(countMessages(made, 'dead'))).active };
}

/** A listener that fails. */
export const failing = (): never => expect.fail('listener failed');

/** What each attempt was answered. */
export const answersOf = (attempts: readonly PushAttempt[]): string[] => attempts.map(({ answer }) => answer.type);
