import type { UnknownEvent } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import type { DecodedEvent } from './decoded-event.js';
import type { HandlerContext } from './listener-call.js';
import { Listeners } from './listeners.js';

const event: UnknownEvent = {
  name: 'unknown',
  eventName: 'New',
  source: '',
  occurredAt: undefined,
  form: 'foreign',
  raw: {},
};
const context = { answered: () => undefined } as HandlerContext;

describe('Listeners', () => {
  it('finds the listeners of a name, in order', async () => {
    const seen: string[] = [];
    const listeners = new Listeners();
    listeners.on('unknown', () => void seen.push('a'));
    listeners.on('unknown', () => void seen.push('b'));
    listeners.on('FormatConvertJob:JobFinished', () => void seen.push('other'));
    for (const handler of listeners.of(event)) await handler(event, context);
    expect(seen).toEqual(['a', 'b']);
  });

  it('finds those that have come since it last looked, and none that have gone', () => {
    const listeners = new Listeners();
    const known: DecodedEvent = { ...event, name: 'imm:FileMeta:Index', data: {} };
    const byName = (): void => {};
    const byGroup = (): void => {};
    const byAll = (): void => {};
    const handler = (): void => {};
    const found = (): readonly unknown[] => listeners.of(known);
    expect(found()).toEqual([]);
    listeners.on('imm:FileMeta:Index', byName);
    expect(found()).toEqual([byName]);
    listeners.onEach({ '*': byAll });
    expect(found()).toEqual([byName, byAll]);
    listeners.on('imm:*', byGroup);
    listeners.onHandler('*', handler);
    expect(found()).toEqual([byName, byGroup, byAll, handler]);
    listeners.offHandler('*', handler);
    listeners.off('imm:FileMeta:Index', byName);
    expect(found()).toEqual([byGroup, byAll]);
    expect(listeners.of(event)).toEqual([byAll]);
  });

  it('forgets a listener', () => {
    const listeners = new Listeners();
    const listener = (): void => {};
    listeners.on('unknown', listener);
    listeners.once('unknown', listener);
    listeners.off('FormatConvertJob:JobFinished', listener);
    expect(listeners.of(event)).toHaveLength(2);
    listeners.off('unknown', listener);
    expect(listeners.of(event)).toHaveLength(0);
    listeners.off('unknown', listener);
  });

  describe('once', () => {
    it('is done after one success', async () => {
      const listeners = new Listeners();
      let calls = 0;
      listeners.once('unknown', () => void (calls += 1));
      const [handler] = listeners.of(event);
      await handler?.(event, context);
      expect(calls).toBe(1);
      expect(listeners.of(event)).toHaveLength(0);
    });

    it('takes no second event while the first runs', async () => {
      const listeners = new Listeners();
      let finish = (): void => {};
      listeners.once('unknown', () => new Promise<void>((resolve) => (finish = resolve)));
      const running = listeners.of(event)[0]?.(event, context);
      expect(listeners.of(event)).toHaveLength(0);
      finish();
      await running;
      expect(listeners.of(event)).toHaveLength(0);
    });

    it('is ready again after a failure', async () => {
      const listeners = new Listeners();
      listeners.once('unknown', () => Promise.reject(new Error('no')));
      await expect(listeners.of(event)[0]?.(event, context)).rejects.toThrow('no');
      expect(listeners.of(event)).toHaveLength(1);
    });

    it('keeps the same function apart for each name', async () => {
      const listeners = new Listeners();
      const listener = (): void => {};
      listeners.once('unknown', listener);
      listeners.once('FormatConvertJob:JobFinished', listener);
      await listeners.of(event)[0]?.(event, context);
      expect(listeners.of(event)).toHaveLength(0);
      listeners.once('unknown', listener);
      listeners.off('FormatConvertJob:JobFinished', listener);
      expect(listeners.of(event)).toHaveLength(1);
    });
  });
});
