import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SystemClock } from './system-clock.js';

describe('SystemClock', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: 1000 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('tells the time of the machine', () => {
    expect(new SystemClock().now()).toBe(1000);
    vi.advanceTimersByTime(5);
    expect(new SystemClock().now()).toBe(1005);
  });

  it('has a reading that goes on when the machine is set back', () => {
    const clock = new SystemClock();
    const before = clock.monotonic();
    vi.advanceTimersByTime(5);
    vi.setSystemTime(0);
    expect(clock.now()).toBe(0);
    expect(clock.monotonic() - before).toBe(5);
  });

  it('calls back after the delay, never synchronously', () => {
    const callback = vi.fn<() => void>();
    new SystemClock().after(0, callback);
    expect(callback).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(callback).toHaveBeenCalledOnce();
  });

  it('keeps delays beyond the 24.8 days of a machine timer', () => {
    const days = 86_400_000;
    const callback = vi.fn<() => void>();
    new SystemClock().after(60 * days, callback);
    vi.advanceTimersByTime(60 * days - 1);
    expect(callback).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(callback).toHaveBeenCalledOnce();
  });

  it('refuses a delay that is no number, and goes on', () => {
    expect(() => new SystemClock().after(Number.NaN, () => {})).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });

  it('cancels, also in the middle of a long delay', () => {
    const days = 86_400_000;
    const callback = vi.fn<() => void>();
    const timer = new SystemClock().after(60 * days, callback);
    vi.advanceTimersByTime(30 * days);
    timer.cancel();
    vi.advanceTimersByTime(60 * days);
    expect(callback).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });
});
