import { getEventListeners } from 'node:events';
import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { joinSignals } from './joined-signal.js';

const listenersOf = (controllers: readonly AbortController[]): readonly number[] =>
  controllers.map(({ signal }) => getEventListeners(signal, 'abort').length);

describe('a joined signal', () => {
  it.prop([fc.integer({ min: 1, max: 5 }), fc.array(fc.nat({ max: 4 }), { minLength: 1, maxLength: 5 })])(
    'aborts once, with the first of its sources, whenever it was joined',
    (count, order) => {
      const controllers = Array.from({ length: count }, () => new AbortController());
      const aborts = order.map((index) => index % count);
      const abort = (index: number): void => controllers[index]?.abort(`reason ${index}`);
      const early = joinSignals(...controllers.map(({ signal }) => signal));
      let calls = 0;
      early.signal.addEventListener('abort', () => (calls += 1));
      expect(early.signal.aborted).toBe(false);
      for (const index of aborts) abort(index);
      expect(early.signal.reason).toBe(`reason ${aborts[0]}`);
      expect(calls).toBe(1);

      const late = joinSignals(...controllers.map(({ signal }) => signal));
      expect(late.signal.reason).toBe(`reason ${Math.min(...aborts)}`);
      expect(listenersOf(controllers)).toEqual(controllers.map(() => 0));
    },
  );

  it('leaves nothing in its sources once it is released, and does not feel them any more', () => {
    const controllers = [new AbortController(), new AbortController()];
    const { signal, release } = joinSignals(...controllers.map((controller) => controller.signal));
    expect(listenersOf(controllers)).toEqual([1, 1]);
    release();
    release();
    expect(listenersOf(controllers)).toEqual([0, 0]);
    for (const controller of controllers) controller.abort();
    expect(signal.aborted).toBe(false);
  });

  it('of nothing never aborts', () => {
    expect(joinSignals().signal.aborted).toBe(false);
    expect(joinSignals(undefined).signal.aborted).toBe(false);
  });

  it('aborts with the reason that AbortController makes up, when none was given', () => {
    const source = new AbortController();
    const { signal } = joinSignals(source.signal);
    source.abort();
    expect(signal.reason).toBe(source.signal.reason);
    expect(signal.reason).toMatchObject({ name: 'AbortError' });
  });
});
