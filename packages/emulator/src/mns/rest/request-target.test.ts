import { fc, it as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { RequestRefused } from './request-refused.js';
import { readTarget } from './request-target.js';

describe('readTarget', () => {
  it('keeps path and query as they were sent, and decodes the pieces', () => {
    const { resource, segments, query } = readTarget('/queues/a%2Fb/messages?ReceiptHandle=x%3D%3D&WaitSeconds=5');
    expect(resource).toBe('/queues/a%2Fb/messages?ReceiptHandle=x%3D%3D&WaitSeconds=5');
    expect(segments).toEqual(['queues', 'a/b', 'messages']);
    expect([...query]).toEqual([
      ['receipthandle', 'x=='],
      ['waitseconds', '5'],
    ]);
  });

  it('divides at the first equal sign and takes the first of repeated names', () => {
    const { query } = readTarget('/?a=b==&A=c&d');
    expect([query.get('a'), query.get('d'), query.get('e')]).toEqual(['b==', '', undefined]);
  });

  it('leaves a plus sign alone', () => {
    expect(readTarget('/?h=a+b%2Bc').query.get('h')).toBe('a+b+c');
  });

  it.each([
    ['http://host/queues/q?a=b', '/queues/q?a=b'],
    ['HTTPS://host:1/queues/q', '/queues/q'],
  ])('takes the absolute form %s', (target, resource) => {
    expect(readTarget(target).resource).toBe(resource);
  });

  it.each(['', '*', 'host:443', 'http://host', 'http://host?a', 'ftp://host/', 'queues/q', '/%', '/?%E4', '/?a=%zz'])(
    'refuses %j',
    (target) => {
      expect(() => readTarget(target)).toThrow(RequestRefused);
    },
  );

  prop.prop([fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed())])(
    'gives back any value that was percent-encoded (I8)',
    (value) => {
      expect(readTarget(`/x?h=${encodeURIComponent(value)}`).query.get('h')).toBe(value);
    },
  );

  prop.prop([fc.string({ unit: 'binary' })])('refuses or reads anything, and throws nothing else', (text) => {
    try {
      expect(readTarget(`/${text}`).resource).toBe(`/${text}`);
    } catch (error) {
      expect(error).toBeInstanceOf(RequestRefused);
    }
  });
});
