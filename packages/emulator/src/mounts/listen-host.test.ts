import { describe, expect, it, onTestFinished } from 'vitest';
import { createEmulator } from '../emulator.js';
import { listen } from './http.js';
import { listenHost } from './listen-host.js';

describe('the address that is listened at', () => {
  it.each(['', ' ', '\t\n', undefined])('is this machine’s own where %j is named', async (host) => {
    const server = await listen(createEmulator(), host === undefined ? {} : { host });
    onTestFinished(() => server.close());
    expect(server.host).toBe('127.0.0.1');
    expect(server.endpoint).toBe(`http://127.0.0.1:${server.port}`);
    // The second address of the loopback network is reached by whoever listens at all.
    await expect(fetch(`http://127.0.0.2:${server.port}/`)).rejects.toThrow('fetch failed');
  });

  it('may have blanks around it', () => {
    expect(listenHost(' 0.0.0.0 ')).toBe('0.0.0.0');
  });

  it.each([null, 5, false, ['0.0.0.0']])('is no address as %j', async (host) => {
    await expect(listen(createEmulator(), { host: host as unknown as string })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  });
});
