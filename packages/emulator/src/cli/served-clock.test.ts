import { describe, expect, it } from 'vitest';
import { servedClock } from './served-clock.js';

const TIME = '2030-01-01T00:00:00Z';
const AT_MS = Date.parse(TIME);

describe('the clock of a served emulator', () => {
  it('is the machine’s unless told otherwise, and can be steered', async () => {
    const clock = servedClock({}, undefined);
    expect(clock.mode).toBe('real');
    await clock.setMode('frozen');
    expect(clock.mode).toBe('frozen');
  });

  it('begins frozen where the file or a flag says', () => {
    expect(servedClock({}, { mode: 'frozen', time: TIME }).now()).toBe(AT_MS);
    expect(servedClock({ clock: 'frozen', time: TIME }, { mode: 'offset', offsetMs: 5 }).now()).toBe(AT_MS);
    expect(servedClock({ time: TIME }, { mode: 'frozen', time: '2000-01-01T00:00:00Z' }).now()).toBe(AT_MS);
  });

  it('begins ahead, behind, or at a time, and goes on', () => {
    const ahead = servedClock({}, { mode: 'offset', offsetMs: 86_400_000 });
    expect(ahead.offsetMs).toBeGreaterThan(86_399_000);
    expect(servedClock({}, { mode: 'offset', offsetMs: -86_400_000 }).offsetMs).toBeLessThan(-86_399_000);
    expect(servedClock({}, { mode: 'offset', time: TIME }).now()).toBeGreaterThanOrEqual(AT_MS);
    expect(Math.abs(servedClock({ clock: 'offset' }, undefined).offsetMs)).toBeLessThan(1000);
  });

  it('takes a flag in the place of all that the file says', () => {
    expect(servedClock({ clock: 'real' }, { mode: 'frozen', time: TIME }).mode).toBe('real');
    expect(Math.abs(servedClock({ clock: 'frozen' }, { mode: 'frozen', time: TIME }).offsetMs)).toBeLessThan(60_000);
  });

  it('has no time of its own while it is real, and none that is no time', () => {
    expect(() => servedClock({ time: TIME }, undefined)).toThrow('--time: expected a clock that is offset or frozen');
    expect(() => servedClock({ clock: 'real', time: TIME }, { mode: 'frozen' })).toThrow('--time');
    expect(() => servedClock({ clock: 'frozen', time: 'soon' }, undefined)).toThrow('--time: expected a time');
  });
});
