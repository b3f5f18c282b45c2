import { describe, expect, it } from 'vitest';
import { areEqualKeys, checkKeys, checkProvided } from './check-keys.js';
import type { AccessKeys } from './credentials.js';

const KEYS = { accessKeyId: 'id', accessKeySecret: 'secret' };
const WITH_TOKEN = { ...KEYS, securityToken: 'token' };

describe('Keys', () => {
  it('are what is needed to sign, and nothing else', () => {
    expect(checkKeys('mns', { ...KEYS, more: 1 } as AccessKeys)).toStrictEqual(KEYS);
    expect(checkKeys('mns', { ...WITH_TOKEN, more: 1 } as AccessKeys)).toStrictEqual(WITH_TOKEN);
    const expiresAt = new Date(1);
    const provided = checkProvided({ ...WITH_TOKEN, expiresAt }, 0);
    expect(provided).toStrictEqual({ ...WITH_TOKEN, expiresAt });
    // The provider may change its own.
    expect(provided.expiresAt).not.toBe(expiresAt);
    expect(checkProvided(KEYS, 0)).toStrictEqual(KEYS);
  });

  it.each<[string, unknown]>([
    ['accessKeyId', { ...KEYS, accessKeyId: '' }],
    ['accessKeyId', { accessKeySecret: 'secret' }],
    ['accessKeySecret', { ...KEYS, accessKeySecret: 7 }],
    ['securityToken', { ...KEYS, securityToken: 7 }],
  ])('are refused for a %s that is none, and no message shows them', (member, given) => {
    const message = `mns.${member}: expected a text, received nothing`;
    expect(() => checkKeys('mns', given as AccessKeys)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message }),
    );
  });

  it.each<[string, unknown]>([
    ['credentials(): expected an object with keys, received nothing', null],
    ['credentials(): expected an object with keys, received nothing', 'secret'],
    ['credentials().accessKeyId: expected a text, received nothing', {}],
    ['credentials().expiresAt: expected a Date, received the number 7', { ...KEYS, expiresAt: 7 }],
    [
      'credentials().expiresAt: expected a time to come, received the text "1970-01-01T00:00:00.005Z"',
      { ...KEYS, expiresAt: new Date(5) },
    ],
  ])('of a provider are refused with %s', (message, provided) => {
    expect(() => checkProvided(provided as AccessKeys, 5)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message }),
    );
  });

  it('are equal when all of them are', () => {
    expect(areEqualKeys(WITH_TOKEN, { ...WITH_TOKEN })).toBe(true);
    for (const member of ['accessKeyId', 'accessKeySecret', 'securityToken'])
      expect(areEqualKeys(WITH_TOKEN, { ...WITH_TOKEN, [member]: 'other' })).toBe(false);
  });
});
