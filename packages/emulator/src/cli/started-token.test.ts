import { describe, expect, it } from 'vitest';
import { mayFindToken, startedToken } from './started-token.js';

const VARIABLE = { MNS_EMULATOR_ADMIN_TOKEN: 'correct-horse-battery' };

describe('the token of an emulator that is started here', () => {
  it.each(['http://127.0.0.1:9324', 'https://localhost:9324', 'http://[::1]:1', 'http://127.3.2.1:9324'])(
    'is for this machine: %s',
    (endpoint) => {
      expect(mayFindToken(endpoint, false, VARIABLE)).toBe(true);
      expect(mayFindToken(endpoint, 'other.yaml', {})).toBe(true);
      expect(mayFindToken(endpoint, false, { MNS_EMULATOR_ADMIN_TOKEN: '' })).toBe(false);
    },
  );

  it.each([
    'http://emulator:9324',
    'http://192.0.2.7',
    'http://127.0.0.1.evil.example',
    'http://localhost.evil.example',
  ])('is not for another: %s', (endpoint) => {
    expect(mayFindToken(endpoint, false, VARIABLE)).toBe(false);
    expect(mayFindToken(endpoint, 'other.yaml', {})).toBe(false);
  });

  it('is that of the variable before that of the file', async () => {
    expect(await startedToken('no-such-file.yaml', VARIABLE)).toBe('correct-horse-battery');
    await expect(startedToken('no-such-file.yaml', {})).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    expect(await startedToken(false, {})).toBeUndefined();
  });
});
