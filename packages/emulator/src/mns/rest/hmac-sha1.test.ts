import { createHmac } from 'node:crypto';
import { fc, it as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { hmacSha1 } from './hmac-sha1.js';

const byNode = (key: string, message: Uint8Array): string => createHmac('sha1', key).update(message).digest('base64');

describe('hmacSha1', () => {
  // Cases 1 and 2.
  it.each([
    ['\u000B'.repeat(20), 'Hi There', 'b617318655057264e28bc0b6fb378c8ef146be00'],
    ['Jefe', 'what do ya want for nothing?', 'effcdf6ae5eb2fa2d27416d5f184df9c259a7c79'],
  ])('of %j and %j is that of RFC 2202', (key, message, hex) => {
    expect(Buffer.from(hmacSha1(key, Buffer.from(message)), 'base64').toString('hex')).toBe(hex);
  });

  prop.prop([fc.string({ unit: 'binary', maxLength: 200 }), fc.uint8Array({ maxLength: 6000 })])(
    'is what createHmac gives, for any key and message',
    (key, message) => {
      expect(hmacSha1(key, message)).toBe(byNode(key, message));
    },
  );

  it.each([0, 1, 63, 64, 65, 128])('is what createHmac gives for a key of %i bytes', (length) => {
    const key = 'k'.repeat(length);
    expect(hmacSha1(key, Buffer.from('text'))).toBe(byNode(key, Buffer.from('text')));
  });
});
