import { headerOf } from '@mnsbus/core/internal';
import { readParameters } from '../../imm/rpc/parameters.js';
import type { HintDraft } from './hint.js';
import type { Observation, Observed } from './observation.js';

/** By which codes the services refuse what was signed too long ago, or in the future (spec mns §8, imm §1.8). */
const SKEWED: ReadonlySet<string> = new Set(['TimeExpired', 'InvalidTimeStamp.Expired']);

/** A request refused for its date. */
export function clockSkew(observation: Observation): HintDraft | undefined {
  if (observation.kind !== 'refused' || !SKEWED.has(observation.code)) return undefined;
  const { service, nowMs } = observation;
  const skewMs = Date.parse(dateOf(observation)) - nowMs;
  if (Number.isNaN(skewMs)) return undefined;
  const minutes = Math.round(Math.abs(skewMs) / 60_000);
  return {
    subject: `${service} requests`,
    message: `A request was dated ${minutes} minutes ${skewMs < 0 ? 'before' : 'after'} the emulator’s time; the service takes 15.`,
    advice:
      'Set the clock of the client, or the clock section of the emulator’s config; a request that waits before it is sent ages, too.',
  };
}

function dateOf({ service, request }: Observed<'refused'>): string {
  if (service === 'mns') return headerOf(request, 'date') ?? headerOf(request, 'x-mns-date') ?? '';
  return headerOf(request, 'x-acs-date') ?? readParameters(request).parameters.get('Timestamp') ?? '';
}
