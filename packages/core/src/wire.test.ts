import { describe, expect, it } from 'vitest';
import { headerOf } from './wire.js';

describe('headerOf', () => {
  const message = {
    headers: [
      ['X-Mns-Version', '1'],
      ['host', 'a'],
      ['Host', 'b'],
    ] as const,
  };

  it('finds a header in any case and takes the first', () => {
    expect(headerOf(message, 'x-mns-version')).toBe('1');
    expect(headerOf(message, 'HOST')).toBe('a');
  });

  it('says nothing for an absent one', () => {
    expect(headerOf(message, 'date')).toBeUndefined();
  });
});
