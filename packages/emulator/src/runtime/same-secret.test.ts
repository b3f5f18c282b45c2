import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { isSameSecret } from './same-secret.js';

describe('a secret that was sent', () => {
  it.prop([fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })])(
    'is the one that was kept, or it is not',
    (a, b) => {
      expect(isSameSecret(a, a)).toBe(true);
      expect(isSameSecret(a, b)).toBe(a === b);
      expect(isSameSecret(`${a}x`, a)).toBe(false);
    },
  );
});
