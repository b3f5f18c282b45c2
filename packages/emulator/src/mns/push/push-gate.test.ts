import { fc, it as prop } from '@fast-check/vitest';
import { SeededRandom, SystemClock, VirtualClock } from '@mnsbus/core';
import { eventLoopTurn } from '@mnsbus/core/internal';
import { describe, expect, it } from 'vitest';
import { DEFAULT_OPEN_PUSHES, PUSHES_PER_TURN, PushGate } from './push-gate.js';
import type { PushAnswer } from './push-sender.js';
import { MOST_OPEN_PUSHES, Pushes, type Push } from './pushes.js';

const ORIGINS = ['http://a', 'http://b', 'http://c'] as const;

describe('the gate of pushes', () => {
  prop.prop([
    fc.integer({ min: 1, max: 12 }),
    fc.array(fc.oneof(fc.constantFrom(...ORIGINS), fc.constantFrom('end', 'turn')), { maxLength: 120 }),
  ])('lets so many through, half of them to one origin, in order, and in the end all', async (most, steps) => {
    const gate = new PushGate(new SystemClock(), most);
    const entered = new Map<string, number[]>();
    const open: string[] = [];
    let wanted = 0;
    const turn = async (): Promise<void> => {
      const before = entered.size === 0 ? 0 : [...entered.values()].flat().length;
      await eventLoopTurn();
      const begun = [...entered.values()].flat().length - before;
      expect(begun).toBeLessThanOrEqual(2 * PUSHES_PER_TURN);
    };
    const begin = (origin: string, number: number): void => {
      open.push(origin);
      entered.set(origin, [...(entered.get(origin) ?? []), number]);
      expect(open.length).toBeLessThanOrEqual(most);
      expect(open.filter((one) => one === origin).length).toBeLessThanOrEqual(Math.ceil(most / 2));
    };
    const end = (): void => {
      const origin = open.shift();
      if (origin !== undefined) gate.leave(origin);
    };
    for (const step of steps) {
      if (step === 'turn') await turn();
      else if (step === 'end') end();
      else {
        wanted += 1;
        const number = wanted;
        const waiting = gate.enter(step);
        if (waiting === undefined) begin(step, number);
        else void waiting.then(() => begin(step, number));
      }
    }
    for (let left = 0; left < 2 * steps.length; left += 1) {
      await turn();
      end();
    }
    expect([...entered.values()].flat()).toHaveLength(wanted);
    for (const numbers of entered.values()) expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    expect(gate.open).toBe(0);
  });

  it('lets everybody through when it closes', async () => {
    const gate = new PushGate(new SystemClock(), 1);
    expect(gate.enter('http://a')).toBeUndefined();
    const waiting = [gate.enter('http://a'), gate.enter('http://b')];
    gate.close();
    for (const entered of waiting) await entered;
    expect(gate.open).toBe(3);
  });
});

describe('ten thousand pushes', () => {
  const push = (index: number): Push => ({
    url: `http://127.0.0.1:${8000 + (index % 4)}/hook`,
    format: 'SIMPLIFIED',
    notification: {
      topicOwner: '1',
      topicName: 'events',
      subscriber: '1',
      subscriptionName: 's',
      messageId: `m${index}`,
      message: 'hello',
      messageMd5: 'md5',
      publishedAtMs: 0,
    },
    text: 'hello',
  });

  it('are under way a hundred at a time, a few beginning in each turn, and all are answered', async () => {
    let [open, most, signedInTurn, mostInTurn] = [0, 0, 0, 0];
    const answer = async (): Promise<PushAnswer> => {
      open += 1;
      most = Math.max(most, open);
      await eventLoopTurn();
      open -= 1;
      return { status: 204 };
    };
    const sign = (): string => {
      signedInTurn += 1;
      mostInTurn = Math.max(mostInTurn, signedInTurn);
      if (signedInTurn === 1) void eventLoopTurn().then(() => (signedInTurn = 0));
      return 'c2lnbmVk';
    };
    const pushes = new Pushes(
      { clock: new SystemClock(), random: new SeededRandom('p'), signer: { sign } },
      { sender: answer },
    );
    const outcomes = await Promise.all(Array.from({ length: 10_000 }, (_, index) => pushes.send(push(index))));
    expect(outcomes.every(({ ok }) => ok)).toBe(true);
    expect(most).toBeLessThanOrEqual(DEFAULT_OPEN_PUSHES);
    expect(mostInTurn).toBeLessThanOrEqual(2 * PUSHES_PER_TURN);
  });

  it('hold up no other server when theirs is silent', async () => {
    const sent: string[] = [];
    const clock = new VirtualClock();
    const pushes = new Pushes(
      { clock, random: new SeededRandom('p'), signer: { sign: () => 'c2lnbmVk' } },
      {
        concurrency: 4,
        sender: async ({ url }) => {
          sent.push(url);
          return url.includes('8000') ? new Promise<PushAnswer>(() => {}) : { status: 204 };
        },
      },
    );
    const silent = Array.from({ length: 100 }, () => pushes.send(push(0)));
    const answered = pushes.send(push(1));
    await clock.runUntil(answered);
    expect([await answered, clock.now() - new VirtualClock().now()]).toEqual([{ ok: true, status: 204 }, 0]);
    expect(sent.filter((url) => url.includes('8000'))).toHaveLength(2);
    pushes.close();
    expect((await Promise.all(silent)).every((outcome) => !outcome.ok)).toBe(true);
    expect(sent.filter((url) => url.includes('8000'))).toHaveLength(2);
  });

  it.each([0, 1.5, MOST_OPEN_PUSHES + 1, Number.NaN])('are not let through by a number of %s', (concurrency) => {
    const context = { clock: new VirtualClock(), random: new SeededRandom('p'), signer: { sign: () => '' } };
    expect(() => new Pushes(context, { concurrency })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });
});
