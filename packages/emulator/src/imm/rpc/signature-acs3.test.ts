import { fc, it as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import {
  acs3StringToSign,
  headersToSign,
  isAcs3,
  readAcs3Authorization,
  sha256Hex,
  signAcs3,
  type Acs3Request,
} from './signature-acs3.js';

const EMPTY = new Uint8Array();
const EMPTY_HASH = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

// Computed by two other programs, from the description alone.
const VECTOR: Acs3Request = {
  method: 'POST',
  target:
    '/?ProjectName=demo&SourceURI=oss%3A%2F%2Fbkt%2Fa%20b.docx&TargetType=png' +
    '&Notification=%7B%22MNS%22%3A%7B%22TopicName%22%3A%22t1%22%7D%7D',
  headers: [
    ['content-type', 'application/x-www-form-urlencoded'],
    ['Host', 'imm.cn-beijing.aliyuncs.com'],
    ['x-acs-action', 'CreateOfficeConversionTask'],
    ['x-acs-content-sha256', EMPTY_HASH],
    ['x-acs-date', '2024-08-20T07:03:07Z'],
    ['x-acs-signature-nonce', 'nonce-1'],
    ['x-acs-version', '2020-09-30'],
  ],
  body: EMPTY,
};
const SIGNED = [
  'content-type',
  'host',
  'x-acs-action',
  'x-acs-content-sha256',
  'x-acs-date',
  'x-acs-signature-nonce',
  'x-acs-version',
];

describe('a newer signature', () => {
  it('signs the known request as others do', () => {
    const stringToSign = acs3StringToSign(VECTOR, SIGNED);
    expect(stringToSign).toBe('ACS3-HMAC-SHA256\n08c13db0caed1870b065ddd82c3b3afd9252af86e59e6e8ae41eb3a97812edc4');
    expect(signAcs3(stringToSign, 'testsecret')).toBe(
      '4cb7ad998740008be02fdf70745467d30740010d2b7ef8af7ae746396b9c7a0f',
    );
  });

  it('covers what is empty, too', () => {
    expect(acs3StringToSign({ ...VECTOR, target: '/?a' }, SIGNED)).toBe(
      acs3StringToSign({ ...VECTOR, target: '/?a=' }, SIGNED),
    );
    expect(acs3StringToSign({ ...VECTOR, target: '/?a=' }, SIGNED)).not.toBe(
      acs3StringToSign({ ...VECTOR, target: '/' }, SIGNED),
    );
  });

  it('reads several headers of one name as one, sorted and trimmed', () => {
    const once = { ...VECTOR, headers: [['x-acs-tag', 'a,b']] as const };
    const twice = {
      ...VECTOR,
      headers: [
        ['X-Acs-Tag', ' b'],
        ['x-acs-tag', 'a '],
      ] as const,
    };
    expect(acs3StringToSign(twice, ['x-acs-tag'])).toBe(acs3StringToSign(once, ['x-acs-tag']));
  });

  it('must cover the host, the content type if there is one, and every header of its own', () => {
    expect(headersToSign(VECTOR)).toEqual(SIGNED);
    expect(
      headersToSign({
        headers: [
          ['Accept', '*/*'],
          ['Content-Type', ''],
          ['X-ACS-Date', ''],
          ['x-acs-date', ''],
        ],
      }),
    ).toEqual(['x-acs-date']);
  });

  prop.prop([fc.dictionary(fc.string({ minLength: 1 }), fc.string()), fc.infiniteStream(fc.nat())])(
    'is the same in whatever order the query comes',
    (parameters, order) => {
      const pairs = Object.entries(parameters).map(
        ([name, value]) => `${encodeURIComponent(name.toWellFormed())}=${encodeURIComponent(value.toWellFormed())}`,
      );
      const shuffled = pairs.map((pair) => [order.next().value, pair] as const).toSorted(([a], [b]) => a - b);
      const target = (list: readonly string[]): string => `/?${list.join('&')}`;
      expect(acs3StringToSign({ ...VECTOR, target: target(shuffled.map(([, pair]) => pair)) }, SIGNED)).toBe(
        acs3StringToSign({ ...VECTOR, target: target(pairs) }, SIGNED),
      );
    },
  );

  it('hashes as everybody does', () => {
    expect(sha256Hex('')).toBe(EMPTY_HASH);
    expect(sha256Hex(EMPTY)).toBe(EMPTY_HASH);
  });
});

describe('an Authorization header', () => {
  it.each([
    'ACS3-HMAC-SHA256 Credential=id,SignedHeaders=host;x-acs-date,Signature=00',
    'ACS3-HMAC-SHA256 Credential=id, SignedHeaders=Host;X-Acs-Date, Signature=00',
    'ACS3-HMAC-SHA256   Signature=00 ,Credential=id,\tSignedHeaders=host;x-acs-date',
  ])('is read: %s', (text) => {
    expect(readAcs3Authorization(text)).toEqual({
      algorithm: 'ACS3-HMAC-SHA256',
      accessKeyId: 'id',
      signedHeaders: ['host', 'x-acs-date'],
      signature: '00',
    });
  });

  it.each([
    ['ACS3-RSA-SHA256', { algorithm: 'ACS3-RSA-SHA256' }],
    ['ACS3-HMAC-SM3 Credential=,Signature', { algorithm: 'ACS3-HMAC-SM3' }],
    ['ACS3-HMAC-SHA256 Credential=a=b', { algorithm: 'ACS3-HMAC-SHA256', accessKeyId: 'a=b' }],
  ])('lacks what it does not say: %s', (text, expected) => {
    expect(readAcs3Authorization(text)).toEqual({
      accessKeyId: undefined,
      signedHeaders: undefined,
      signature: undefined,
      ...expected,
    });
  });

  it.each(['', 'MNS id:signature', 'acs3-hmac-sha256 Credential=a', 'Basic ACS3-HMAC-SHA256'])(
    'of another scheme is none: "%s"',
    (text) => {
      expect(readAcs3Authorization(text)).toBeUndefined();
      expect(isAcs3({ headers: [['authorization', text]] })).toBe(false);
    },
  );

  prop.prop([fc.string({ unit: 'binary' })])('may be anything', (text) => {
    expect(() => readAcs3Authorization(`ACS3-HMAC-SHA256 ${text}`)).not.toThrow();
  });
});
