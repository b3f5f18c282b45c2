import { VirtualClock } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import { accessPolicy, refusalOf, type AccessRefusal, type AdminAccessOptions } from './access.js';
import { WrongTokens } from './wrong-tokens.js';

const TOKEN = 'correct-horse-battery';
const REMOTE = '203.0.113.7';

interface Row {
  readonly host?: string | readonly string[];
  readonly origin?: string;
  readonly site?: string;
  readonly from?: string;
  readonly authorization?: string;
  readonly more?: readonly (readonly [string, string])[];
}

const judge = (row: Row, options: AdminAccessOptions = {}, boundHost = '127.0.0.1'): string => {
  const { host = 'localhost:9324', origin, site, from = '127.0.0.1', authorization, more = [] } = row;
  const given: readonly (readonly [string, string | undefined])[] = [
    ...[host].flat().map((value): [string, string] => ['Host', value]),
    ['Origin', origin],
    ['Sec-Fetch-Site', site],
    ['authorization', authorization],
    ...more,
  ];
  const headers = given.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  const wrongTokens = new WrongTokens(new VirtualClock(0));
  return refusalOf({ headers, remoteAddress: from }, accessPolicy(options, boundHost), wrongTokens)?.code ?? 'let in';
};

const withToken = { token: TOKEN };
const bearer = `Bearer ${TOKEN}`;

describe('programs of this machine', () => {
  it.each(['127.0.0.1', '127.8.9.1', '::1', '::ffff:127.0.0.1'])(
    'are let in from %s, and asked for the token when there is one',
    (from) => {
      expect([judge({ from }), judge({ from }, withToken)]).toEqual(['let in', 'TOKEN_REQUIRED']);
      expect(judge({ from, authorization: bearer }, withToken)).toBe('let in');
    },
  );

  it('are let in with the right token, and not with a wrong one', () => {
    expect(judge({ authorization: bearer }, withToken)).toBe('let in');
    expect(judge({ authorization: 'Bearer wrong-token-of-someone' }, withToken)).toBe('TOKEN_REQUIRED');
  });

  it.each(['X-Forwarded-For', 'Forwarded', 'X-Real-IP'])('are not who a proxy speaks for (%s)', (name) => {
    expect(judge({ more: [[name, REMOTE]] })).toBe('LOOPBACK_ONLY');
    expect(judge({ more: [[name, REMOTE]] }, withToken)).toBe('TOKEN_REQUIRED');
  });
});

describe('other machines', () => {
  const addresses = [REMOTE, '10.0.0.2', '::ffff:10.0.0.2', 'fe80::1', '128.0.0.1', '127.0.0.1.example', ''];

  it.each(addresses)('are refused from "%s" without a configured token, whatever they send', (from) => {
    expect([judge({ from }), judge({ from, authorization: bearer })]).toEqual(['LOOPBACK_ONLY', 'LOOPBACK_ONLY']);
  });

  it.each(addresses)('are let in from "%s" with the token only', (from) => {
    const host = '192.0.2.1:9324';
    expect(judge({ from, host, authorization: bearer }, withToken)).toBe('let in');
    expect(judge({ from, host, authorization: `bearer ${TOKEN}` }, withToken)).toBe('let in');
    for (const authorization of [
      undefined,
      '',
      'Bearer',
      'Bearer ',
      `Bearer ${TOKEN}x`,
      `Bearer ${TOKEN.slice(0, -1)}`,
      `Bearer ${TOKEN} `,
      `Basic ${TOKEN}`,
      TOKEN,
      'Bearer Correct-horse-battery',
    ]) {
      const row = { from, host, ...(authorization === undefined ? {} : { authorization }) };
      expect([authorization, judge(row, withToken)]).toEqual([authorization, 'TOKEN_REQUIRED']);
    }
  });
});

describe('the Host header', () => {
  it.each([
    'localhost',
    'localhost:9324',
    'LOCALHOST:1',
    'mns.localhost:9324',
    '127.0.0.1:9324',
    '192.0.2.1',
    '[::1]:9324',
    '[2001:db8::1]',
  ])('may be %s', (host) => {
    expect(judge({ host })).toBe('let in');
  });

  it.each([
    'evil.example',
    'evil.example:9324',
    'localhost.evil.example',
    'notlocalhost',
    '127.0.0.1.evil.example',
    '127.0.0.1@evil.example',
    'evil.example#localhost',
    'localhost:9324:1',
    'localhost:',
    '[::1',
    '[evil.example]',
    '127.1',
    '2130706433',
    '0x7f.0.0.1',
    '::1',
    ' localhost',
    '',
    '1000000000000001.mns.cn-beijing.aliyuncs.com',
  ])('must not be "%s", with the token neither', (host) => {
    expect(judge({ host })).toBe('HOST_REFUSED');
    expect(judge({ host, authorization: bearer }, withToken)).toBe('HOST_REFUSED');
  });

  it('must be there once', () => {
    expect(judge({ host: [] })).toBe('HOST_REFUSED');
    expect(judge({ host: ['localhost', 'localhost'] })).toBe('HOST_REFUSED');
    expect(judge({ host: ['localhost', 'evil.example'] })).toBe('HOST_REFUSED');
  });

  it('may be the host that is listened at, or one that was configured', () => {
    expect(judge({ host: 'build-7:9324' }, {}, 'Build-7')).toBe('let in');
    expect(judge({ host: 'Emulator:9324' }, { hosts: ['emulator'] })).toBe('let in');
    expect(judge({ host: 'other:9324' }, { hosts: ['emulator'] })).toBe('HOST_REFUSED');
  });
});

describe('pages', () => {
  it.each([
    [{ origin: 'http://localhost:9324' }, 'let in'],
    [{ origin: 'https://localhost:9324' }, 'let in'],
    [{ origin: 'http://localhost:9324', site: 'same-origin' }, 'let in'],
    [{ site: 'same-origin' }, 'let in'],
    [{ site: 'none' }, 'let in'],
    [{ host: '[::1]:9324', origin: 'http://[::1]:9324' }, 'let in'],
    [{ origin: 'http://localhost:3000' }, 'ORIGIN_REFUSED'],
    [{ origin: 'http://localhost' }, 'ORIGIN_REFUSED'],
    [{ origin: 'http://127.0.0.1:9324' }, 'ORIGIN_REFUSED'],
    [{ origin: 'https://evil.example' }, 'ORIGIN_REFUSED'],
    [{ origin: 'null' }, 'ORIGIN_REFUSED'],
    [{ origin: '' }, 'ORIGIN_REFUSED'],
    [{ origin: 'http://localhost:9324.evil.example' }, 'ORIGIN_REFUSED'],
    [{ origin: 'http://localhost:9324', site: 'cross-site' }, 'ORIGIN_REFUSED'],
    [{ site: 'cross-site' }, 'ORIGIN_REFUSED'],
    [{ site: 'same-site' }, 'ORIGIN_REFUSED'],
    [{ site: 'anything' }, 'ORIGIN_REFUSED'],
    [{ host: 'evil.example', origin: 'http://evil.example', site: 'same-origin' }, 'HOST_REFUSED'],
    [{ from: REMOTE, host: '192.0.2.1', origin: 'http://192.0.2.1', site: 'same-origin' }, 'LOOPBACK_ONLY'],
  ])('with %j: %s', (row, expected) => {
    expect(judge(row)).toBe(expected);
  });

  it('of another origin are refused with the right token, too', () => {
    expect(judge({ origin: 'https://evil.example', authorization: bearer }, withToken)).toBe('ORIGIN_REFUSED');
    expect(judge({ site: 'cross-site', from: REMOTE, authorization: bearer }, withToken)).toBe('ORIGIN_REFUSED');
  });
});

it('too many wrong tokens are told when to come again, and keep the right one from nothing', () => {
  const policy = accessPolicy(withToken, '127.0.0.1');
  const wrongTokens = new WrongTokens(new VirtualClock(0));
  const asked = (authorization?: string): AccessRefusal | undefined => {
    const headers = [
      ['Host', 'localhost'] as const,
      ...(authorization === undefined ? [] : [['Authorization', authorization] as const]),
    ];
    return refusalOf({ headers, remoteAddress: REMOTE }, policy, wrongTokens);
  };
  const codes = Array.from({ length: 1000 }, (_, n) => asked(`Bearer wrong-token-number-${n}`)?.code);
  expect(codes.filter((code) => code === 'TOKEN_REQUIRED')).toHaveLength(10);
  expect(codes.slice(10).every((code) => code === 'TOO_MANY_WRONG_TOKENS')).toBe(true);
  expect(asked('Bearer wrong-once-more')).toMatchObject({ status: 429, retryAfterSeconds: 6 });
  // What brings no token guesses nothing.
  expect(asked()?.code).toBe('TOKEN_REQUIRED');
  expect(asked(bearer)).toBeUndefined();
});

describe('options', () => {
  it.each(['', 'short', 'with blank in the middle', 'ünïcödé-token-of-size', 5])(
    'refuse the token %j and never show it',
    (token) => {
      const message = 'admin.token: expected 16 or more visible ASCII characters, received nothing';
      expect(() => accessPolicy({ token: token as string }, '127.0.0.1')).toThrow(
        expect.objectContaining({ code: 'INVALID_ARGUMENT', message }),
      );
    },
  );

  it.each([['http://x'], ['x:1'], [''], 'x', [5]])('refuse the hosts %j', (hosts) => {
    expect(() => accessPolicy({ hosts: hosts as string[] }, '127.0.0.1')).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });

  it('keep a digest of the token only', () => {
    expect(JSON.stringify(accessPolicy(withToken, '127.0.0.1'))).not.toContain(TOKEN);
  });
});
