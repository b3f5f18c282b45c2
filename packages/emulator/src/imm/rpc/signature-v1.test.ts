import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { rpcEncode, rpcSignature, rpcStringToSign } from './signature-v1.js';

const accessKeySecret = 'testsecret';
const parametersOf = (members: Readonly<Record<string, string>>): ReadonlyMap<string, string> =>
  new Map(Object.entries(members));

const COMMON = {
  AccessKeyId: 'testid',
  Format: 'JSON',
  SignatureMethod: 'HMAC-SHA1',
  SignatureNonce: 'nonce-1',
  SignatureVersion: '1.0',
  Timestamp: '2018-11-14T09:51:20Z',
  Version: '2017-09-06',
};
const PUT_PROJECT = { ...COMMON, Action: 'PutProject', CU: '1', Project: 'demo', Type: 'DocStarter' };

describe('signature version 1.0', () => {
  it.each([
    ['V1', 'GET', PUT_PROJECT, 'Z+GB1rF4DGUtJGfmz87tXzApakw='],
    ['V2', 'POST', PUT_PROJECT, '/r+EAX9BwSN92rtohcJY/gru1co='],
    [
      'V3',
      'POST',
      {
        ...COMMON,
        Action: 'CreateOfficeConversionTask',
        Project: 'demo',
        RegionId: 'cn-beijing',
        SignatureType: '',
        SrcUri: 'oss://bkt/a b~*+(1).docx',
        TgtType: 'png',
        TgtUri: 'oss://bkt/out/',
      },
      'FyLy+2s6xEiGhlbQrUkvvQpp3kE=',
    ],
    [
      '§10.6',
      'POST',
      {
        ...COMMON,
        Action: 'GetProject',
        Project: 'test-project',
        RegionId: 'cn-shanghai',
        SignatureNonce: 'd1ac7371108dc53541c9d0f29e5396c7',
        Timestamp: '2019-02-22T09:30:54Z',
      },
      'NPzJnV5HAdj4jkShTWKa9WwOZxU=',
    ],
  ])('gives vector %s', (_, method, parameters, signature) => {
    expect(rpcSignature({ method, parameters: parametersOf(parameters), accessKeySecret })).toBe(signature);
  });

  it('signs the documented text', () => {
    expect(rpcStringToSign({ method: 'GET', parameters: parametersOf(PUT_PROJECT) })).toBe(
      'GET&%2F&AccessKeyId%3Dtestid%26Action%3DPutProject%26CU%3D1%26Format%3DJSON%26Project%3Ddemo' +
        '%26SignatureMethod%3DHMAC-SHA1%26SignatureNonce%3Dnonce-1%26SignatureVersion%3D1.0' +
        '%26Timestamp%3D2018-11-14T09%253A51%253A20Z%26Type%3DDocStarter%26Version%3D2017-09-06',
    );
  });

  it('leaves out the signature and keeps empty values', () => {
    expect(rpcStringToSign({ method: 'GET', parameters: parametersOf({ Signature: 'x', B: '', A: '1' }) })).toBe(
      'GET&%2F&A%3D1%26B%3D',
    );
  });

  it('sorts names by their bytes, not by UTF-16', () => {
    const parameters = parametersOf({ '\u{1F600}': '1', '\u{FFFD}': '2', b: '3', B: '4' });
    const order = ['B', 'b', '\u{FFFD}', '\u{1F600}'].map((name) => rpcEncode(rpcEncode(name)));
    const text = rpcStringToSign({ method: 'GET', parameters });
    const places = order.map((name) => text.indexOf(name));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places).not.toContain(-1);
  });

  it.each([
    ['AZaz09-_.~', 'AZaz09-_.~'],
    [" *+!'()", '%20%2A%2B%21%27%28%29'],
    ['/:=&?%', '%2F%3A%3D%26%3F%25'],
    ['图', '%E5%9B%BE'],
  ])('encodes %s as %s', (text, encoded) => {
    expect(rpcEncode(text)).toBe(encoded);
  });

  it.prop([fc.string({ unit: 'binary' })])(
    'encodes every text so that it can be decoded, with nothing but unreserved characters',
    (text) => {
      const encoded = rpcEncode(text);
      expect(encoded).toMatch(/^(?:[A-Za-z0-9\-_.~]|%[0-9A-F]{2})*$/);
      expect(decodeURIComponent(encoded)).toBe(text);
    },
  );

  it.prop([fc.dictionary(fc.string(), fc.string()), fc.string({ minLength: 1 })])(
    'depends on the secret, but not on the order of the parameters',
    (members, otherSecret) => {
      const input = { method: 'POST', parameters: parametersOf(members) };
      const reversed = { method: 'POST', parameters: new Map(Object.entries(members).toReversed()) };
      const signature = rpcSignature({ ...input, accessKeySecret });
      expect(rpcSignature({ ...reversed, accessKeySecret })).toBe(signature);
      expect(rpcSignature({ ...input, accessKeySecret: `${accessKeySecret}${otherSecret}` })).not.toBe(signature);
    },
  );
});
