import { MnsbusError } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import { createEmulator, type Emulator } from '../../src/emulator.js';
import type { MakeEmulator } from '../requests/world.js';
import { fuzzSnapshots } from './fuzz-snapshots.js';

/** Each is found long before so many snapshots. */
const MOST_SNAPSHOTS = 4000;

function restoring(restore: (emulator: Emulator, snapshot: unknown) => void): MakeEmulator {
  return (options) => {
    const emulator = createEmulator(options);
    return { ...emulator, restore: (snapshot) => restore(emulator, snapshot) };
  };
}

const DEFECTS: readonly (readonly [name: string, make: MakeEmulator, found: RegExp])[] = [
  [
    'forgets what it has before it looks at what it gets',
    restoring((emulator, snapshot) => {
      emulator.reset();
      emulator.restore(snapshot);
    }),
    /it was refused, and has changed the state/,
  ],
  [
    'refuses with an error of the language',
    restoring((emulator, snapshot) => {
      try {
        emulator.restore(snapshot);
      } catch {
        throw new TypeError('cannot read properties of undefined');
      }
    }),
    /refused with no error of its own/,
  ],
  [
    'refuses without saying where',
    restoring((emulator, snapshot) => {
      try {
        emulator.restore(snapshot);
      } catch {
        throw new MnsbusError({ code: 'INVALID_ARGUMENT', message: 'no' });
      }
    }),
    /refused without its place/,
  ],
  [
    'takes half of it',
    restoring((emulator, snapshot) => {
      emulator.restore(
        JSON.parse(JSON.stringify(snapshot).replace(/"visibilityTimeoutSeconds":\d+/, '"visibilityTimeoutSeconds":7')),
      );
    }),
    /a restored state is another one/,
  ],
];

describe('a fault is found', () => {
  it.each(DEFECTS)('that %s', { timeout: 120_000 }, async (_, make, found) => {
    const { failure } = await fuzzSnapshots('planted', MOST_SNAPSHOTS, make);
    expect(failure?.problem).toMatch(found);
  });
});
