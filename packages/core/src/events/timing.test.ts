import { describe, expect, it } from 'vitest';
import { eventTiming } from './timing.js';

describe('eventTiming', () => {
  const at = (ms: number): Date => new Date(ms);

  it('gives every instant and the lag of every leg', () => {
    const timing = eventTiming({
      occurredAt: at(1000),
      publishedAt: at(1321),
      enqueuedAt: at(1330),
      firstReceivedAt: at(1400),
      receivedAt: at(31_500),
    });
    expect(timing.occurredAt).toEqual(at(1000));
    expect(timing.lags).toEqual({ publishMs: 321, deliverMs: 9, queueMs: 70, redeliverMs: 30_100, totalMs: 30_500 });
  });

  it('leaves out what is not known', () => {
    const timing = eventTiming({
      occurredAt: undefined,
      publishedAt: undefined,
      enqueuedAt: at(10),
      firstReceivedAt: at(15),
      receivedAt: at(15),
    });
    expect(timing.lags).toEqual({
      publishMs: undefined,
      deliverMs: undefined,
      queueMs: 5,
      redeliverMs: 0,
      totalMs: undefined,
    });
  });
});
