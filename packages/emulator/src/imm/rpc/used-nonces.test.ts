import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { UsedNonces } from './used-nonces.js';

describe('UsedNonces', () => {
  it('takes a nonce once, until its time is over', () => {
    const nonces = new UsedNonces();
    expect(nonces.take('key', 'a', 0, 100)).toBe(true);
    expect(nonces.take('key', 'a', 50, 150)).toBe(false);
    expect(nonces.take('key', 'a', 100, 200)).toBe(false);
    expect(nonces.take('key', 'a', 101, 201)).toBe(true);
  });

  it('keeps access keys apart', () => {
    const nonces = new UsedNonces();
    expect(nonces.take('key', '1a', 0, 9)).toBe(true);
    expect(nonces.take('key1', 'a', 0, 9)).toBe(true);
  });

  it('gives the memory back', () => {
    const nonces = new UsedNonces();
    for (let atMs = 0; atMs < 10_000; atMs += 1) {
      nonces.take('key', String(atMs), atMs, atMs + 100);
      expect(nonces.size).toBeLessThanOrEqual(101);
    }
    nonces.take('key', 'last', 99_999, 100_000);
    expect(nonces.size).toBe(1);
  });

  it('forgets the first to expire when there are too many', () => {
    const nonces = new UsedNonces(undefined, 3);
    for (const [index, nonce] of ['a', 'b', 'c', 'd'].entries()) nonces.take('key', nonce, 0, 100 + index);
    expect(nonces.size).toBe(3);
    expect(nonces.take('key', 'd', 0, 100)).toBe(false);
    expect(nonces.take('key', 'a', 0, 100)).toBe(true);
  });

  it('remembers long ones without keeping them', () => {
    const nonces = new UsedNonces();
    expect(nonces.take('key', `${'x'.repeat(1_000_000)}1`, 0, 100)).toBe(true);
    expect(nonces.take('key', `${'x'.repeat(1_000_000)}2`, 0, 100)).toBe(true);
    expect(nonces.take('key', `${'x'.repeat(1_000_000)}1`, 0, 100)).toBe(false);
    expect(Object.keys(nonces.record(0)).join('').length).toBeLessThan(300);
  });

  it.prop([
    fc.array(
      fc.record({ waitMs: fc.nat({ max: 40 }), nonce: fc.constantFrom('a', 'b', 'c'), keepMs: fc.nat({ max: 99 }) }),
    ),
  ])('agrees with a list of everything it was ever given', (steps) => {
    const nonces = new UsedNonces();
    const taken: { readonly nonce: string; readonly untilMs: number }[] = [];
    let nowMs = 0;
    for (const { waitMs, nonce, keepMs } of steps) {
      nowMs += waitMs;
      const free = !taken.some((entry) => entry.nonce === nonce && entry.untilMs >= nowMs);
      expect(nonces.take('key', nonce, nowMs, nowMs + keepMs)).toBe(free);
      if (free) taken.push({ nonce, untilMs: nowMs + keepMs });
    }
  });
});
