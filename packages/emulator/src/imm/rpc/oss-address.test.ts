import { describe, expect, it } from 'vitest';
import { ossAddressProblem } from './oss-address.js';

const RULE = '3 to 63 lower-case letters, digits and hyphens, no hyphen first or last';

describe('an address in OSS', () => {
  it.each([
    ['oss://bkt/k', 'object'],
    ['oss://bkt/a/b\n.docx', 'object'],
    ['oss://a-1/k', 'object'],
    [`oss://${'b'.repeat(63)}/k`, 'object'],
    ['oss://bkt', 'prefix'],
    ['oss://bkt/', 'prefix'],
    ['oss://bkt/out/', 'prefix'],
  ] as const)('%s is one of an %s', (text, kind) => {
    expect(ossAddressProblem(text, kind)).toBeUndefined();
  });

  it.each(['b', 'ab', 'B-1', 'a_b', '-ab', 'ab-', 'b'.repeat(64), '桶桶桶'])(
    'with the bucket %s says what buckets are called',
    (bucket) => {
      for (const kind of ['object', 'prefix'] as const) {
        expect(ossAddressProblem(`oss://${bucket}/k.docx`, kind)).toBe(
          `expected oss://bucket/${kind}, but OSS names no bucket "${bucket}": ${RULE}`,
        );
      }
    },
  );

  it.each([
    '',
    'bkt/k',
    'oss:/bkt/k',
    'oss://',
    'oss:///k',
    'https://bkt.oss-cn-beijing.aliyuncs.com/k',
    ' oss://bkt/k',
  ])('is not %j, which has another form', (text) => {
    for (const kind of ['object', 'prefix'] as const) {
      expect(ossAddressProblem(text, kind)).toBe(`expected oss://bucket/${kind}`);
    }
  });

  it.each(['oss://bkt', 'oss://bkt/'])('of an object needs more than the bucket: %s', (text) => {
    expect(ossAddressProblem(text, 'object')).toBe('expected oss://bucket/object');
  });

  it('may have a placeholder for its bucket where one is allowed', () => {
    expect(ossAddressProblem('oss://{bucket}/k', 'prefix', '{bucket}')).toBeUndefined();
    expect(ossAddressProblem('oss://{bucket}/k', 'prefix')).toContain('names no bucket "{bucket}"');
  });
});
