import { MnsbusError, SeededRandom, VirtualClock, md5Hex } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import { Dispatcher } from '../dispatch/dispatcher.js';
import type { Handler } from '../dispatch/listener-call.js';
import type { QueueDelivery } from '../mns/delivery.js';
import { resolveSettings, type BridgeSettings } from '../options/bridge-settings.js';
import type { QueueFact } from '../status/bridge-status.js';
import { eventNamed } from '../test-support/called-handler.js';
import { waitingEntry } from '../test-support/waiting-entry.js';
import { RecentEvents } from '../wait/recent-events.js';
import { Waiters } from '../wait/waiters.js';
import type { Entry } from './entry.js';
import { handle, type Handling, type HandlingParts } from './handling.js';

interface Room {
  readonly clock: VirtualClock;
  readonly parts: HandlingParts;
  readonly facts: QueueFact[];
  readonly entry: (changes?: Partial<QueueDelivery>) => Entry;
}

function room(handlers: readonly Handler[], settings: BridgeSettings = {}): Room {
  const clock = new VirtualClock(0);
  const recent = new RecentEvents(clock, 10, 60_000);
  const dispatcher = new Dispatcher({
    decode: (text) => [eventNamed(text)],
    listeners: { of: () => handlers },
    waiters: new Waiters({ clock, random: new SeededRandom('waits'), recent }),
    recent,
    claims: undefined,
    unhandled: () => 'release',
  });
  const facts: QueueFact[] = [];
  return {
    clock,
    facts,
    parts: { dispatcher, settings: { current: resolveSettings(settings) }, report: (fact) => facts.push(fact) },
    entry: (changes) => waitingEntry(clock, { body: 'A', bodyMD5: md5Hex('A'), ...changes }),
  };
}

const verdictOf = async (handling: Handling): Promise<unknown> =>
  handling.running === undefined ? handling.verdict : handling.running.verdict;

const dead: BridgeSettings = { deadLetterQueue: 'dead', maxDeliveries: 3 };

describe('handle', () => {
  it('brings a message to its listeners, with its lease and what is known of it', async () => {
    const contexts: unknown[] = [];
    const handler: Handler = (_, { delivery, signal }) => void contexts.push([delivery, signal]);
    const { parts, entry } = room([handler]);
    const one = entry();
    expect(await verdictOf(handle(one, undefined, parts))).toEqual({ type: 'ack' });
    expect(contexts).toEqual([[one.held.delivery, one.held.signal]]);
    expect(one.known.hasSucceeded(0, handler)).toBe(true);
  });

  it('asks whether the message is still held when its listeners end', async () => {
    const { parts, entry } = room([() => {}]);
    const one = entry();
    const handling = handle(one, undefined, parts);
    one.held.tellToStop(new Error('closing'));
    expect(await verdictOf(handling)).toEqual({ type: 'release', reason: 'aborted' });
  });

  it.each([
    ['dead-letter', dead],
    ['retry', {}],
  ])('lets listeners dead-letter only where there is a queue for it: %s', async (type, settings: BridgeSettings) => {
    const { parts, entry } = room([(_, { deadLetter }) => deadLetter('no')], settings);
    expect(await verdictOf(handle(entry(), undefined, parts))).toMatchObject({ type });
  });

  it('calls no listener beside one that hangs: the message has the verdict of that one', async () => {
    const { parts, entry } = room([() => expect.unreachable()], dead);
    const earlier = entry();
    const again = entry({ deliveryCount: 2 });
    expect(handle(again, earlier, parts)).toMatchObject({
      running: undefined,
      verdict: { type: 'retry', afterSeconds: undefined, error: { code: 'LISTENER_FAILED' } },
    });
    const never = new Promise<never>(() => {});
    earlier.running = { verdict: never, finished: never, isOpen: () => true, isAtWork: () => false };
    expect(handle(again, earlier, parts)).toEqual({
      running: undefined,
      verdict: { type: 'release', reason: 'aborted' },
    });
  });

  it('dead-letters what was given up without calling a listener, and does so only where it can', async () => {
    const error = new MnsbusError({ code: 'LISTENER_FAILED', message: 'no' });
    let calls = 0;
    const handlers: readonly Handler[] = [() => void (calls += 1)];
    for (const [listeners, settings, isGivenUp] of [
      [handlers, dead, true],
      [handlers, {}, false],
      [[], dead, false],
    ] as const) {
      const { parts, entry } = room(listeners, settings);
      const one = entry();
      one.known.givenUp = { error, cause: 'silent' };
      const handling = handle(one, undefined, parts);
      const verdict = await verdictOf(handling);
      if (isGivenUp) expect(verdict).toEqual({ type: 'dead-letter', error, cause: 'silent' });
      else expect(verdict).toMatchObject({ type: listeners.length > 0 ? 'ack' : 'release' });
    }
    expect(calls).toBe(1);
  });

  it('gives back at first what may have been damaged on its way, and says so', () => {
    for (const [changes, decided] of [
      [{ bodyMD5: md5Hex('B') }, ['release', 'release', 'dead-letter', 'dead-letter']],
      [
        { body: '', userProperties: [{ name: 'n', value: 'v', type: 'STRING' }] },
        ['release', 'release', 'dead-letter', 'dead-letter'],
      ],
      [{ body: '', bodyMD5: md5Hex('') }, ['dead-letter', 'dead-letter']],
    ] as const) {
      const { parts, facts, entry } = room([() => expect.unreachable()], dead);
      const failing: HandlingParts = {
        ...parts,
        dispatcher: new Dispatcher({
          decode: () => {
            throw new MnsbusError({ code: 'EVENT_MALFORMED', message: 'no event' });
          },
          listeners: { of: () => [] },
          waiters: new Waiters({
            clock: new VirtualClock(0),
            random: new SeededRandom('waits'),
            recent: new RecentEvents(new VirtualClock(0), 1, 1),
          }),
          recent: new RecentEvents(new VirtualClock(0), 1, 1),
          claims: undefined,
          unhandled: () => 'release',
        }),
      };
      const one = entry(changes);
      const verdicts = decided.map(() => {
        const handling = handle(one, undefined, failing);
        return handling.running === undefined ? handling.verdict : expect.unreachable();
      });
      expect(verdicts.map(({ type }) => type)).toEqual(decided);
      const code = 'bodyMD5' in changes && changes.bodyMD5 === md5Hex('B') ? 'MESSAGE_CORRUPT' : 'EVENT_MALFORMED';
      expect(verdicts.at(-1)).toMatchObject({ error: { code } });
      expect(verdicts[0]).toMatchObject(decided[0] === 'release' ? { reason: 'unheard' } : {});
      expect(facts).toMatchObject(decided.map(() => ({ type: 'rejected', messageId: 'm', error: { code } })));
    }
  });
});
