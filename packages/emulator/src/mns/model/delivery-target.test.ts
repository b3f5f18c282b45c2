import { fc, it as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { parseEndpoint } from './delivery-target.js';

describe('parseEndpoint', () => {
  it.each([
    ['acs:mns:cn-hangzhou:1000000000000001:queues/orders', 'orders'],
    ['acs:mns:0:127:queues/orders', 'orders'],
    ['acs:mns:cn-beijing:127:queues/orders', 'orders'],
    ['acs:mns:::queues/q', 'q'],
  ])('reads %s as the queue %s', (endpoint, queueName) => {
    expect(parseEndpoint(endpoint)).toEqual({ kind: 'queue', queueName });
  });

  it.each([
    ['http://127.0.0.1:8080/hook', 'http://127.0.0.1:8080/hook'],
    ['https://example.com/a/b?c=d&e=%20f', 'https://example.com/a/b?c=d&e=%20f'],
    ['HTTP://Example.COM/Path', 'http://example.com/Path'],
    ['http://[::1]:9/x', 'http://[::1]:9/x'],
    ['http://h/x#fragment', 'http://h/x'],
    ['http://h:80/x', 'http://h/x'],
  ])('reads %s as the URL %s', (endpoint, url) => {
    expect(parseEndpoint(endpoint)).toEqual({ kind: 'http', url });
  });

  it.each([
    ['http://h', 'http://h/notifications'],
    ['https://h:8443', 'https://h:8443/notifications'],
    ['http://h?a=b', 'http://h/notifications?a=b'],
    ['http://h#x', 'http://h/notifications'],
    ['http://h/', 'http://h/'],
  ])('gives %s, which may have no path, the URL %s', (endpoint, url) => {
    expect(parseEndpoint(endpoint)).toEqual({ kind: 'http', url });
  });

  it('reads a mail address', () => {
    expect(parseEndpoint('mail:directmail:a.b+c@example.com')).toEqual({ kind: 'mail', address: 'a.b+c@example.com' });
  });

  it.each(['anonymous', '13800000000', '+8613800000000', '123', '1'.repeat(20)])('reads the telephone %s', (phone) => {
    expect(parseEndpoint(`sms:directsms:${phone}`)).toEqual({ kind: 'sms', service: 'directsms', phone });
    expect(parseEndpoint(`sms:dayu:${phone}`)).toEqual({ kind: 'sms', service: 'dayu', phone });
  });

  it.each(['23456789', 'app', 'a.b-c_d', 'x'.repeat(128)])('reads the app %s', (appKey) => {
    expect(parseEndpoint(`push:${appKey}`)).toEqual({ kind: 'app', appKey });
  });

  it.each([
    '',
    'orders',
    'acs:mns:cn-hangzhou:1:topics/other',
    'acs:mns:cn-hangzhou:1:queues/',
    'acs:mns:cn-hangzhou:1:queues/-',
    'acs:mns:cn-hangzhou:1:queues/a/b',
    'ACS:MNS:cn-hangzhou:1:queues/orders',
    'xacs:mns:cn-hangzhou:1:queues/orders',
    'ftp://h/x',
    'xhttp://h/x',
    'http:/h/x',
    'http://',
    'http:///x',
    'http://?x',
    'http://h:65536/',
    'http://h:port/',
    'http://user@h/',
    'http://user:password@h/',
    'http://:password@h/',
    'http://h/a b',
    'http://h\\x',
    'http://[::1/',
    'mail:directmail:',
    'mail:directmail:nobody',
    'mail:directmail:a@b@c',
    'mail:directmail:a b@c',
    'mail:a@b',
    'xmail:directmail:a@b',
    'sms:directsms:',
    'sms:directsms:12',
    `sms:directsms:${'1'.repeat(21)}`,
    'sms:directsms:Anonymous',
    'sms:dayu:',
    'sms:dayu:12',
    'sms:other:13800000000',
    'push:',
    'push:a b',
    'push:a:b',
    `push:${'x'.repeat(129)}`,
    'xpush:app',
  ])('knows no endpoint %j', (endpoint) => {
    expect(parseEndpoint(endpoint)).toBeUndefined();
  });

  prop.prop([fc.webUrl({ withFragments: true, withQueryParameters: true })])(
    'reads every URL, and its own result again',
    (url) => {
      const target = parseEndpoint(url);
      expect(target?.kind).toBe('http');
      if (target?.kind === 'http') expect(parseEndpoint(target.url)).toEqual(target);
    },
  );

  prop.prop([
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string().map((text) => `http://${text}`),
    ),
  ])('never throws, and gives URLs that a request can be made from', (endpoint) => {
    const target = parseEndpoint(endpoint);
    if (target?.kind !== 'http') return;
    const { hostname, pathname, username } = new URL(target.url);
    expect([hostname === '', pathname.startsWith('/'), username]).toEqual([false, true, '']);
    expect(target.url).toMatch(/^[\u0021-\u007E]+$/);
  });
});
