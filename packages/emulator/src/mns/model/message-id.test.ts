import { describe, expect, it } from 'vitest';
import { idPrefix, messageId } from './message-id.js';

const NEW_YEAR_MS = Date.UTC(2026, 0, 1);

describe('messageId', () => {
  it('has the shape of the real ones', () => {
    expect(messageId('0A000001', NEW_YEAR_MS, 1)).toBe('0A00000133FD7FCF7FB201B774000001');
  });

  it.each([
    ['the month begins at midnight in UTC+8', Date.UTC(2025, 11, 31, 16), '00000000'],
    ['a millisecond before is the end of December', Date.UTC(2025, 11, 31, 16) - 1, '9FA523FF'],
    ['leap years have a longer February', Date.UTC(2028, 1, 29, 15, 59, 59, 999), '95586BFF'],
  ])('counts milliseconds from the start of the month: %s', (_, atMs, digits) => {
    expect(messageId('0A000001', atMs, 1).slice(20, 28)).toBe(digits);
  });

  it('comes from the next process after 65,536', () => {
    expect(messageId('0A000001', NEW_YEAR_MS, 0xffff)).toMatch(/^.{12}7FCF7FB2.{8}FFFF$/);
    expect(messageId('0A000001', NEW_YEAR_MS, 0x1_0000)).toMatch(/^.{12}7FCF7FB3.{8}0000$/);
  });

  it('never comes twice, however many are issued in a millisecond', () => {
    const ids = Array.from({ length: 140_000 }, (_, sequence) => messageId('0A000001', NEW_YEAR_MS, sequence));
    expect(new Set(ids).size).toBe(140_000);
    expect(ids.every((id) => /^[0-9A-F]{32}$/.test(id))).toBe(true);
  });
});

describe('messageId in the old shape', () => {
  it('has four parts: queue, slice, milliseconds, sequence', () => {
    expect(messageId('D7442E19B016DDE8', 0x169_6c61_618d, 1, 'old')).toBe('D7442E19B016DDE8-1-1696C61618D-200000001');
  });

  it('never comes twice, however many are issued in a millisecond', () => {
    const ids = Array.from({ length: 70_000 }, (_, sequence) => messageId('0A', NEW_YEAR_MS, sequence, 'old'));
    expect(new Set(ids).size).toBe(70_000);
  });
});

describe('idPrefix', () => {
  it('has sixteen digits in the old shape', () => {
    expect(idPrefix('orders', 'old')).toMatch(/^[0-9A-F]{16}$/);
  });

  it('stays the same for a queue and differs between queues', () => {
    expect(idPrefix('orders')).toBe(idPrefix('orders'));
    expect(idPrefix('orders')).toMatch(/^[0-9A-F]{8}$/);
    expect(idPrefix('orders')).not.toBe(idPrefix('bills'));
  });
});
