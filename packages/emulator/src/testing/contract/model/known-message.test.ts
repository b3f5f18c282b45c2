import { fc, it as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { KnownMessage } from './known-message.js';
import type { Span } from './span.js';

const at = (earliest: number, latest: number = earliest): Span => ({ earliest, latest });

function message(delayMs = 0, sent: Span = at(0)): KnownMessage {
  return new KnownMessage('m', { body: 'x', priority: 8, at: sent, delayMs, retentionMs: 60_000 });
}

describe('what is known of a message', () => {
  it('is certain where time is: not due before its delay is over, due at it, gone at the end of its retention', () => {
    const one = message(1000);
    expect([one.mayBeActive(at(999)), one.mustBeActive(at(1000))]).toEqual([false, true]);
    expect([one.mustBeActive(at(59_999)), one.mayBeActive(at(60_000))]).toEqual([true, false]);
  });

  it('leaves both open while a call overlaps the time', () => {
    const one = message(1000, at(0, 50));
    expect([one.mayBeActive(at(1020)), one.mustBeActive(at(1020))]).toEqual([true, false]);
    expect([one.mayBeActive(at(900, 1100)), one.mustBeActive(at(900, 1100))]).toEqual([true, false]);
  });

  it('tells what a handle may do: good until its end, then refused with either code, and with one once it is superseded', () => {
    const one = message();
    one.received('first', at(0), 5000);
    expect(one.outcomesOfDelete('first', at(4999))).toEqual(new Set(['done']));
    expect(one.outcomesOfDelete('first', at(5000))).toEqual(new Set(['ReceiptHandleError', 'MessageNotExist']));
    expect(one.outcomesOfDelete('first', at(4990, 5010))).toEqual(
      new Set(['done', 'ReceiptHandleError', 'MessageNotExist']),
    );
    one.received('second', at(5000), 5000);
    expect(one.outcomesOfDelete('first', at(5000))).toEqual(new Set(['ReceiptHandleError']));
    expect(one.outcomesOfDelete('never', at(5000))).toEqual(new Set(['ReceiptHandleError']));
    one.isDeleted = true;
    for (const handle of ['first', 'second']) expect(one.outcomesOfDelete(handle, at(5001))).not.toContain('done');
  });

  it('keeps the handle of before a change good until the end that it was issued for', () => {
    const one = message();
    one.received('old', at(0), 5000);
    one.leased('new', at(60_000 - 1));
    expect(one.outcomesOfDelete('old', at(4999))).toEqual(new Set(['done']));
    expect(one.outcomesOfDelete('old', at(5000))).not.toContain('done');
    expect(one.outcomesOfChange('new', at(5000))).toEqual(new Set(['done']));
  });

  it('lets an older handle delete, and not change, what a shorter lease has made active again', () => {
    const one = message();
    one.received('old', at(0), 5000);
    one.leased('new', at(1000));
    expect(one.outcomesOfChange('old', at(999))).toEqual(new Set(['done']));
    expect(one.outcomesOfChange('old', at(1000))).not.toContain('done');
    expect(one.outcomesOfDelete('old', at(1000))).toEqual(new Set(['done']));
    expect(one.outcomesOfChange('old', at(990, 1010))).toEqual(
      new Set(['done', 'ReceiptHandleError', 'MessageNotExist']),
    );
  });

  it('lets the handle of a delayed send delete until the delay is over, and maybe change', () => {
    const one = message(1000);
    one.issued('sent', one.due);
    expect(one.outcomesOfDelete('sent', at(999))).toEqual(new Set(['done']));
    expect(one.outcomesOfChange('sent', at(999))).toEqual(new Set(['done', 'ReceiptHandleError', 'MessageNotExist']));
    expect(one.outcomesOfChange('sent', at(1000))).not.toContain('done');
    expect(one.outcomesOfDelete('sent', at(1000))).not.toContain('done');
  });

  const span = fc.tuple(fc.nat(3000), fc.nat(500)).map(([earliest, length]) => at(earliest, earliest + length));

  // The less is known of the time, the more is allowed: what a point in it allows, the whole span does.
  prop.prop([span, fc.nat(2000), span, fc.nat(500)])(
    'allows no less when less is known',
    (sent, delayMs, during, inside) => {
      const point = at(Math.min(during.latest, during.earliest + inside));
      const one = message(delayMs, sent);
      one.issued('sent', one.due);
      if (one.mayBeActive(point)) expect(one.mayBeActive(during)).toBe(true);
      if (one.mustBeActive(during)) expect(one.mustBeActive(point)).toBe(true);
      const whole = one.outcomesOfDelete('sent', during);
      for (const outcome of one.outcomesOfDelete('sent', point)) expect(whole).toContain(outcome);
    },
  );
});
