import events, { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { haveSameSource, isBufferOfNode, isErrorListenerOfNode } from './node-events.js';

describe('What node:events registers', () => {
  it('is told by its source: what buffers from what hears of errors, and both from all else', async () => {
    const emitter = new EventEmitter();
    events.on(emitter, 'name');
    void events.once(emitter, 'name');
    const [buffer, resolver] = emitter.listeners('name');
    const [ofBuffer, ofOnce] = emitter.listeners('error');
    const all = [buffer, resolver, ofBuffer, ofOnce, () => {}, undefined, 'text'];
    expect(all.map(isBufferOfNode)).toEqual([true, false, false, false, false, false, false]);
    expect(all.map(isErrorListenerOfNode)).toEqual([false, false, false, true, false, false, false]);
  });

  it('is not guessed where a source tells nothing', () => {
    const make = () => (): void => {};
    expect(haveSameSource(make(), make())).toBe(true);
    expect(haveSameSource(make().bind(undefined), make().bind(undefined))).toBe(false);
    expect(haveSameSource(Math.max, Math.min)).toBe(false);
    expect([haveSameSource(make(), 'text'), haveSameSource('text', make())]).toEqual([false, false]);
  });
});
