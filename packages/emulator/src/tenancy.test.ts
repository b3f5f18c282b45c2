import { VirtualClock, type WireRequest } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import { createEmulator, type Emulator, type EmulatorOptions } from './emulator.js';
import { rpcRequest } from './imm/test-support/rpc-request.js';
import { messageXml, signedRequest, subscriptionXml } from './mns/test-support/mns-fixture.js';

// Several accounts and regions in one emulator, and temporary keys, through the door that all mounts lead to.

interface Key {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken?: string;
}

const FIRST: Key = { accessKeyId: 'emuKey', accessKeySecret: 'emuSecret' };
const SECOND: Key = { accessKeyId: 'second', accessKeySecret: 'secondSecret' };
const SPARE: Key = { accessKeyId: 'spare', accessKeySecret: 'spareSecret' };
const MORE: Key = { accessKeyId: 'more', accessKeySecret: 'moreSecret' };

const ACCOUNTS = [
  { accountId: '2000000000000002', accessKeys: [SECOND, SPARE] },
  { accountId: '1000000000000001', accessKeys: [MORE] },
];

const HOME = '1000000000000001.mns.cn-beijing.aliyuncs.com';
const AWAY = '2000000000000002.mns.cn-beijing.aliyuncs.com';
const ABROAD = '2000000000000002.mns.cn-shanghai.aliyuncs.com';

interface World {
  readonly clock: VirtualClock;
  readonly emulator: Emulator;
  /** The status and, of an error, the code. */
  call(key: Key, host: string, method: string, target: string, body?: string): Promise<string>;
  text(key: Key, host: string, target: string): Promise<string>;
  /** The same for an action of IMM. */
  imm(key: Key, action: string): Promise<string>;
}

function world(options: EmulatorOptions = {}): World {
  const clock = new VirtualClock();
  const emulator = createEmulator({ clock, seed: 'tenancy', accounts: ACCOUNTS, ...options });
  const send = async (request: WireRequest): Promise<{ status: number; text: string }> => {
    const { status, body } = await emulator.handle(request);
    return { status, text: Buffer.from(body).toString() };
  };
  const mns = (key: Key, host: string, method: string, target: string, body: string): WireRequest => {
    const { securityToken } = key;
    const headers = securityToken === undefined ? [] : ([['security-token', securityToken]] as const);
    return signedRequest(clock.now(), method, target, body, { host, key, headers });
  };
  return {
    clock,
    emulator,
    call: async (key, host, method, target, body = '') => {
      const { status, text } = await send(mns(key, host, method, target, body));
      return [status, /<Code>(\w+)</.exec(text)?.[1]].join(' ').trim();
    },
    text: async (key, host, target) => (await send(mns(key, host, 'GET', target, ''))).text,
    imm: async ({ accessKeyId, accessKeySecret, securityToken }, action) => {
      const parameters = { Action: action, AccessKeyId: accessKeyId, SecurityToken: securityToken };
      const { status, text } = await send(rpcRequest(parameters, clock.now(), { accessKeySecret }));
      return [status, /"Code":"([\w.]+)"/.exec(text)?.[1]].join(' ').trim();
    },
  };
}

describe('accounts and regions', () => {
  it('have queues, topics and account attributes of their own', async () => {
    const { call, text } = world();
    const bucket = '<Account><LoggingBucket>logs</LoggingBucket></Account>';
    for (const target of ['/queues/orders', '/topics/events']) {
      expect(await call(FIRST, HOME, 'PUT', target)).toBe('201');
      for (const host of [AWAY, ABROAD]) expect(await call(SECOND, host, 'GET', target)).toMatch(/^404 /);
      expect(await call(SECOND, AWAY, 'PUT', target)).toBe('201');
      expect(await call(SECOND, ABROAD, 'PUT', target)).toBe('201');
    }
    await call(SECOND, AWAY, 'PUT', '/?accountmeta=true', bucket);
    expect(await text(SECOND, AWAY, '/?accountmeta=true')).toContain('<LoggingBucket>logs<');
    expect(await text(FIRST, HOME, '/?accountmeta=true')).toContain('<LoggingBucket><');
    expect(await text(SECOND, ABROAD, '/?accountmeta=true')).toContain('<LoggingBucket><');
    await call(SECOND, AWAY, 'POST', '/queues/orders/messages', messageXml('hello'));
    expect(await call(FIRST, HOME, 'GET', '/queues/orders/messages')).toBe('404 MessageNotExist');
    expect(await call(SECOND, ABROAD, 'GET', '/queues/orders/messages')).toBe('404 MessageNotExist');
    expect(await text(FIRST, HOME, '/queues')).toContain(`<QueueURL>http://${HOME}/queues/orders<`);
    expect(await call(SECOND, AWAY, 'DELETE', '/queues/orders')).toBe('204');
    expect(await call(FIRST, HOME, 'GET', '/queues/orders')).toBe('200');
  });

  it('keep deliveries inside', async () => {
    const { call } = world();
    for (const [key, host] of [
      [FIRST, HOME],
      [SECOND, AWAY],
    ] as const) {
      await call(key, host, 'PUT', '/queues/orders');
      await call(key, host, 'PUT', '/topics/events');
      await call(key, host, 'PUT', '/topics/events/subscriptions/s', subscriptionXml('orders'));
    }
    await call(SECOND, AWAY, 'POST', '/topics/events/messages', messageXml('hello'));
    expect(await call(FIRST, HOME, 'GET', '/queues/orders/messages')).toBe('404 MessageNotExist');
    expect(await call(SECOND, AWAY, 'GET', '/queues/orders/messages')).toBe('200');
  });

  it('are open to each of their own keys and to no other', async () => {
    const { call } = world();
    await call(FIRST, HOME, 'PUT', '/queues/orders');
    await call(SECOND, AWAY, 'PUT', '/queues/orders');
    const outcomes = await Promise.all(
      [FIRST, MORE, SECOND, SPARE].flatMap((key) =>
        [HOME, AWAY].map((host) => call(key, host, 'GET', '/queues/orders')),
      ),
    );
    const refused = '403 AccessDenied';
    expect(outcomes).toEqual(['200', refused, '200', refused, refused, '200', refused, '200']);
  });

  it('refuse a foreign key before they tell what there is', async () => {
    const { call } = world();
    expect(await call(SECOND, HOME, 'PUT', '/queues/-', '<broken')).toBe('403 AccessDenied');
    expect(await call(SECOND, HOME, 'PUT', '/queues/orders')).toBe('403 AccessDenied');
    expect(await call(FIRST, HOME, 'GET', '/queues/orders')).toBe('404 QueueNotExist');
  });

  it('are those of the simple options when the host names none', async () => {
    const { call } = world();
    await call(FIRST, HOME, 'PUT', '/queues/orders');
    expect(await call(MORE, '127.0.0.1:9324', 'GET', '/queues/orders')).toBe('200');
    expect(await call(SECOND, '127.0.0.1:9324', 'GET', '/queues/orders')).toBe('403 AccessDenied');
  });
});

describe('the accounts of an emulator', () => {
  it.each<[string, unknown, string]>([
    ['no list', 'me', 'accounts: expected a list of accounts'],
    ['no account', [null], 'accounts[0]: expected an account, received null'],
    ['no key', [{ accountId: '1', accessKeys: ['a'] }], 'accounts[0].accessKeys[0]: expected a key'],
    ['an id of letters', [{ accountId: 'me', accessKeys: [SECOND] }], 'accounts[0].accountId: expected digits'],
    ['no id', [{ accessKeys: [SECOND] }], 'accounts[0].accountId: expected digits, received nothing'],
    ['no keys', [{ accountId: '1' }], 'accounts[0].accessKeys: expected at least one key, received nothing'],
    [
      'an empty list of keys',
      [{ accountId: '1', accessKeys: [] }],
      'accounts[0].accessKeys: expected at least one key',
    ],
    [
      'a key id with a colon',
      [{ accountId: '1', accessKeys: [SECOND, { accessKeyId: 'a:b', accessKeySecret: 's' }] }],
      'accounts[0].accessKeys[1].accessKeyId: expected a text without blanks and colons, received the text "a:b"',
    ],
    [
      'an empty secret',
      [{ accountId: '1', accessKeys: [{ accessKeyId: 'a', accessKeySecret: '' }] }],
      'accounts[0].accessKeys[0].accessKeySecret: expected a text, received nothing',
    ],
    ['a key that comes twice', [...ACCOUNTS, ...ACCOUNTS], 'accounts: expected each accessKeyId once'],
    [
      'the key of the simple options',
      [{ accountId: '2', accessKeys: [FIRST] }],
      'accounts: expected each accessKeyId once',
    ],
  ])('are refused with %s', (_, accounts, message) => {
    const options = Object.assign<EmulatorOptions, object>({}, { accounts });
    expect(() => createEmulator(options)).toThrow(message);
  });

  it('show no secret in an error', () => {
    const key = { accessKeyId: 'a b', accessKeySecret: 'hidden' };
    expect(() => createEmulator({ accounts: [{ accountId: '1', accessKeys: [key] }] })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hidden') }),
    );
  });
});

describe('issueSecurityToken', () => {
  it('gives a key that works with its token until it ends', async () => {
    const { call, clock, emulator } = world();
    const key = emulator.issueSecurityToken({ durationSeconds: 900 });
    expect(key.expiresAtMs).toBe(clock.now() + 900_000);
    expect(await call(key, HOME, 'PUT', '/queues/orders')).toBe('201');
    await clock.advanceBy(899_999);
    expect(await call(key, HOME, 'GET', '/queues/orders')).toBe('200');
    await clock.advanceBy(1);
    expect(await call(key, HOME, 'GET', '/queues/orders')).toBe('403 InvalidSecurityToken');
  });

  it('gives a key of the account that is asked for, and of the default one', async () => {
    const { call, emulator } = world();
    const away = emulator.issueSecurityToken({ accountId: '2000000000000002' });
    expect(await call(away, AWAY, 'PUT', '/queues/orders')).toBe('201');
    expect(await call(away, HOME, 'PUT', '/queues/orders')).toBe('403 AccessDenied');
    expect(await call(emulator.issueSecurityToken(), AWAY, 'GET', '/queues/orders')).toBe('403 AccessDenied');
  });

  it.each<[string, (key: Key, other: Key) => Key, string]>([
    [
      'without a token',
      ({ accessKeyId, accessKeySecret }) => ({ accessKeyId, accessKeySecret }),
      'InvalidSecurityToken',
    ],
    ['with an empty token', (key) => ({ ...key, securityToken: '' }), 'InvalidSecurityToken'],
    ['with a wrong token', (key) => ({ ...key, securityToken: `${key.securityToken}x` }), 'InvalidSecurityToken'],
    [
      'with the token of another key',
      (key, other) => ({ ...other, accessKeyId: key.accessKeyId }),
      'InvalidSecurityToken',
    ],
    ['with a wrong secret', (key) => ({ ...key, accessKeySecret: 'wrong' }), 'SignatureDoesNotMatch'],
    ['that nobody has issued', (key) => ({ ...key, accessKeyId: 'STS.nobody' }), 'InvalidAccessKeyId'],
    [
      'that needs no token, with one',
      (key) => ({ ...FIRST, ...(key.securityToken === undefined ? {} : { securityToken: key.securityToken }) }),
      'InvalidSecurityToken',
    ],
  ])('refuses a key %s', async (_, change, code) => {
    const { call, emulator } = world();
    const [key, other] = [emulator.issueSecurityToken(), emulator.issueSecurityToken()];
    expect(await call(change(key, other), HOME, 'GET', '/queues/orders')).toBe(`403 ${code}`);
  });

  it('gives keys that IMM takes, too, and refuses as MNS does', async () => {
    const { imm, clock, emulator } = world();
    const key = emulator.issueSecurityToken({ durationSeconds: 60 });
    const { accessKeyId, accessKeySecret } = key;
    expect(await imm(key, 'ListProjects')).toBe('200');
    expect(await imm({ accessKeyId, accessKeySecret }, 'ListProjects')).toBe('400 MissingSecurityToken');
    expect(await imm({ ...key, securityToken: 'x' }, 'ListProjects')).toBe(
      '400 InvalidSecurityToken.MismatchWithAccessKey',
    );
    await clock.advanceBy(60_000);
    expect(await imm(key, 'ListProjects')).toBe('400 InvalidSecurityToken.Expired');
  });

  it('makes up everything from the seed, and nothing twice', () => {
    const tokens = (): readonly unknown[] => {
      const { emulator } = world();
      return [emulator.issueSecurityToken(), emulator.issueSecurityToken()];
    };
    const [first, second] = tokens();
    expect(tokens()).toEqual([first, second]);
    expect(first).not.toEqual(second);
  });

  it.each<[string, object, string]>([
    ['an unknown account', { accountId: '3' }, 'accountId: expected an account with keys'],
    ['an id that is none', { accountId: 'me' }, 'accountId: expected digits'],
    ['no time', { durationSeconds: 0 }, 'durationSeconds: expected a whole number from 1 to 43200'],
    ['half a second', { durationSeconds: 0.5 }, 'durationSeconds: expected'],
    ['too long a time', { durationSeconds: 43_201 }, 'durationSeconds: expected'],
  ])('refuses %s', (_, request, message) => {
    expect(() => world().emulator.issueSecurityToken(request)).toThrow(message);
  });

  it.each([1, 43_200])('takes a duration of %d seconds', (durationSeconds) => {
    const { emulator, clock } = world();
    expect(emulator.issueSecurityToken({ durationSeconds }).expiresAtMs).toBe(clock.now() + durationSeconds * 1000);
  });
});
