import { describe, expect, it } from 'vitest';
import { md5Hex } from './md5.js';

describe('md5Hex', () => {
  it.each([
    ['hello', '5D41402ABC4B2A76B9719D911017C592'],
    ['hello world', '5EB63BBBE01EEED093CB22BB8F5ACDC3'],
    ['', 'D41D8CD98F00B204E9800998ECF8427E'],
    ['智能媒体', md5Hex(new TextEncoder().encode('智能媒体'))],
  ])('prints the digest of %j as the service does', (text, digest) => {
    expect(md5Hex(text)).toBe(digest);
  });
});
