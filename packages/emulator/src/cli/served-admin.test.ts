import { describe, expect, it } from 'vitest';
import { servedAdmin } from './served-admin.js';

const TOKEN = 'correct-horse-battery';

describe('who may operate a served emulator', () => {
  it.each([undefined, '127.0.0.1', '127.3.2.1', 'localhost', '::1'])('is this machine at %s', (host) => {
    expect(servedAdmin({}, undefined, host)).toEqual({ access: {} });
  });

  it.each(['0.0.0.0', '::', '192.0.2.7', 'my.test', '127.evil.test'])('is nobody at %s without a token', (host) => {
    expect(servedAdmin({}, {}, host)).toEqual({ access: false, isOffFor: expect.stringContaining(host) });
    expect(servedAdmin({ adminToken: TOKEN }, {}, host)).toEqual({ access: { token: TOKEN } });
  });

  it('is said by flags before the file, and by the file before defaults', () => {
    const file = { token: 'of-the-file-of-the-file', hosts: ['emulator.test'] };
    expect(servedAdmin({}, file, '0.0.0.0')).toEqual({ access: file });
    expect(servedAdmin({ admin: true, adminToken: TOKEN }, file)).toEqual({ access: { ...file, token: TOKEN } });
    expect(servedAdmin({ admin: false, adminToken: TOKEN }, file)).toEqual({ access: false });
    expect(servedAdmin({ admin: true }, { ...file, enabled: false })).toEqual({ access: false });
  });
});
