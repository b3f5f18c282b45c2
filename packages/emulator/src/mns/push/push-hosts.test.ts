import { fc, it as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { PushHosts } from './push-hosts.js';

describe('PushHosts', () => {
  it.each([
    'http://localhost/x',
    'https://localhost:8443/x',
    'http://receiver.localhost/',
    'http://127.0.0.1:8080/',
    'http://127.255.255.254/',
    'http://127.1/',
    'http://0x7f000001/',
    'http://[::1]:9/',
    'http://[0:0:0:0:0:0:0:1]/',
  ])('allow %s, which is this machine', (url) => {
    expect(new PushHosts().allow(url)).toBe(true);
  });

  it.each([
    'http://example.com/',
    'http://localhost.example.com/',
    'http://notlocalhost/',
    'http://127.0.0.1.example.com/',
    'http://128.0.0.1/',
    'http://0.0.0.0/',
    'http://10.0.0.1/',
    'http://169.254.169.254/latest',
    'http://[::]/',
    'http://[fe80::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://example.com/#localhost',
    'http://example.com/?127.0.0.1',
  ])('refuse %s', (url) => {
    expect(new PushHosts().allow(url)).toBe(false);
  });

  it.each([
    ['example.com', 'https://example.com:8443/x'],
    ['EXAMPLE.com', 'http://example.com/'],
    ['10.0.0.1', 'http://10.0.0.1/'],
    ['fe80::1', 'http://[fe80::1]/'],
    ['bücher.example', 'http://xn--bcher-kva.example/'],
    ['*', 'http://anything.example/'],
  ])('allow %s when it is named', (name, url) => {
    expect(new PushHosts([name]).allow(url)).toBe(true);
    expect(new PushHosts([name]).allow('http://127.0.0.1/')).toBe(true);
  });

  it('allow no subdomain of a named host', () => {
    expect(new PushHosts(['example.com']).allow('http://a.example.com/')).toBe(false);
  });

  it('know no families of hosts: a star with more around it is a name like any other', () => {
    expect(new PushHosts(['*.h']).allow('http://a.h/')).toBe(false);
  });

  it.each(['', 'http://h', 'h:80', 'h/', 'h/x', 'u@h', 'h?x', 'h#x', '[::1]', 'a b', 'h\\x', '1:2'])(
    'take no %j for a host',
    (name) => {
      expect(() => new PushHosts([name])).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
    },
  );

  prop.prop([fc.webUrl()])('refuse the whole internet by default', (url) => {
    fc.pre(!url.includes('localhost'));
    expect(new PushHosts().allow(url)).toBe(false);
  });
});
