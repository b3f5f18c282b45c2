import { fc, it as prop } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { recordKey, recordPath } from './record-key.js';

/** Any text, halves of characters and signs with a meaning in keys included. */
const name = fc
  .array(
    fc.oneof(
      fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
      fc.integer({ min: 0xd800, max: 0xdfff }).map((code) => String.fromCharCode(code)),
      fc.constantFrom('/', '%', '%u', '%ud800', '~', '', '__proto__'),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));

describe('the key of a record', () => {
  prop.prop([fc.array(name, { minLength: 1, maxLength: 5 })])('gives back its path, whatever it was named', (path) => {
    const key = recordKey(path);
    expect(recordPath(key)).toEqual(path);
    // As it stands on the disk.
    expect(Buffer.from(key, 'utf8').toString('utf8')).toBe(key);
  });

  prop.prop([fc.array(name, { minLength: 1, maxLength: 3 }), fc.array(name, { minLength: 1, maxLength: 3 })])(
    'is that of no other path',
    (a, b) => {
      expect(recordKey(a) === recordKey(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
    },
  );
});
