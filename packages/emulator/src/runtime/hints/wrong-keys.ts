import { headerOf } from '@mnsbus/core/internal';
import { readParameters } from '../../imm/rpc/parameters.js';
import { readAcs3Authorization } from '../../imm/rpc/signature-acs3.js';
import type { HintDraft } from './hint.js';
import type { HintWorld, Observation, Observed } from './observation.js';

/** By which codes the services refuse a key that they do not know, or that is switched off (spec mns §8, imm §1.8). */
const UNKNOWN: ReadonlySet<string> = new Set([
  'InvalidAccessKeyId',
  'InvalidAccessKeyId.NotFound',
  'InvalidAccessKeyId.Inactive',
]);

/** A request signed with a key that the emulator does not know, or that is switched off there. */
export function unknownKey(observation: Observation, world: HintWorld): HintDraft | undefined {
  if (observation.kind !== 'refused' || !UNKNOWN.has(observation.code)) return undefined;
  const keyId = keyIdIn(observation);
  if (keyId === undefined) return undefined;
  const isKnown = world.findKey(keyId) !== undefined;
  return {
    subject: `access key ${keyId}`,
    message: `A request was signed with the access key ${keyId}, which ${isKnown ? 'is switched off' : 'the emulator does not know'}.`,
    advice:
      'Give the client the key that the start of the emulator shows, or add its own: --access-key-id, accounts of the config file or of createEmulator.',
  };
}

/** A request whose signature its key’s secret does not give, and no other host or path either. */
export function wrongSecret(observation: Observation): HintDraft | undefined {
  if (observation.kind !== 'refused' || observation.code !== 'SignatureDoesNotMatch') return undefined;
  const keyId = keyIdIn(observation);
  if (keyId === undefined) return undefined;
  return {
    subject: `secret of access key ${keyId}`,
    message: `A request named the access key ${keyId}, and its signature is not what the secret of that key gives.`,
    advice:
      'Most likely the client has another secret than the emulator; if not, something has changed the request after it was signed.',
  };
}

function keyIdIn({ service, request }: Observed<'refused'>): string | undefined {
  const authorization = headerOf(request, 'authorization') ?? '';
  if (service === 'mns') {
    return /^MNS ([^\s:]+):/.exec(authorization)?.[1] ?? /^MNS4-\S+ Credential=([^\s,/]+)\//.exec(authorization)?.[1];
  }
  return readAcs3Authorization(authorization)?.accessKeyId ?? readParameters(request).parameters.get('AccessKeyId');
}
