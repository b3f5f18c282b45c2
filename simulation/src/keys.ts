import type { CredentialsProvider } from '@mnsbus/bridge';
import type { SeededRandom } from '@mnsbus/core';
import type { Emulator } from '@mnsbus/emulator';
import { happens } from './draw.js';
import type { CredentialsKind } from './scenario-plan.js';
import type { Healing } from './healing.js';

/** What the keys of a process are made of. */
export interface KeysParts {
  readonly kind: CredentialsKind;
  readonly emulator: Emulator;
  readonly random: SeededRandom;
  readonly healing: Healing;
  /** Told when keys could not be had. */
  readonly onFailure: () => void;
}

/** The keys of a process, as members of its connection. */
export type Keys =
  | { readonly accessKeyId: string; readonly accessKeySecret: string }
  | { readonly credentials: CredentialsProvider };

/** Gives a process its keys: those of the account, or temporary ones by a provider that may fail or hang for a while. */
export function keysFor({ kind, emulator, random, healing, onFailure }: KeysParts): Keys {
  const { accessKeyId, accessKeySecret } = emulator;
  if (kind === 'static') return { accessKeyId, accessKeySecret };
  let isFirst = true;
  return {
    credentials: () => {
      // The first are there: a process without any does not get as far as to listen.
      const isBad = !isFirst && !healing.isOver && happens(random, 50);
      isFirst = false;
      if (isBad && kind !== 'expiring') onFailure();
      if (isBad && kind === 'failing') return Promise.reject(new Error('the token service is down'));
      if (isBad && kind === 'hanging') return new Promise(() => {});
      const { expiresAtMs, ...keys } = emulator.issueSecurityToken({ durationSeconds: random.integer(120, 240) });
      return { ...keys, expiresAt: new Date(expiresAtMs) };
    },
  };
}
