import { MnsbusError } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import { reasonProperties } from './dead-letter.js';

const propertiesFor = (message: string): readonly { readonly name: string; readonly value: string }[] =>
  reasonProperties({ queueName: 'orders', messageId: 'M1' }, new MnsbusError({ code: 'EVENT_MALFORMED', message }));

const reasonFor = (message: string): string | undefined => propertiesFor(message)[0]?.value;

describe('reasonProperties', () => {
  it('tells the reason, the queue and the message', () => {
    expect(propertiesFor('no JSON')).toEqual([
      { name: 'mnsbus.reason', value: 'EVENT_MALFORMED: no JSON', type: 'STRING' },
      { name: 'mnsbus.source', value: 'orders', type: 'STRING' },
      { name: 'mnsbus.message-id', value: 'M1', type: 'STRING' },
    ]);
  });

  it('puts a blank for each character that XML does not take, and keeps all others', () => {
    expect(reasonFor('a\u0000b\nc\uFFFEd\uFFFFe\u0085f')).toBe('EVENT_MALFORMED: a b c d e f');
    expect(reasonFor('智能 <&> 😀')).toBe('EVENT_MALFORMED: 智能 <&> 😀');
    expect(reasonFor('half \uD83D of a pair')).toBe('EVENT_MALFORMED: half \uFFFD of a pair');
  });

  it('cuts what is longer than a property may be, and leaves no half of a pair', () => {
    const whole = 'EVENT_MALFORMED: '.length;
    expect(reasonFor('x'.repeat(4096 - whole))).toHaveLength(4096);
    expect(reasonFor('x'.repeat(4097 - whole))).toBe(`EVENT_MALFORMED: ${'x'.repeat(4096 - whole)}`);
    expect(reasonFor(`${'x'.repeat(4095 - whole)}😀`)).toMatch(/x\uFFFD$/);
  });
});
