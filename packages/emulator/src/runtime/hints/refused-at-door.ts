import type { RefusedPage } from '../../mounts/page-guard.js';
import type { HintDraft } from './hint.js';
import type { Observation } from './observation.js';

/** A request that was answered before it came to the services. */
export type RefusedAtDoor =
  | RefusedPage
  /** A client wanted a tunnel (`CONNECT`) to this host and port. */
  | { readonly kind: 'tunnel'; readonly authority: string };

/** A client that takes the emulator for a proxy which tunnels. */
export function tunnelRefused(observation: Observation): HintDraft | undefined {
  if (observation.kind !== 'refused-at-door' || observation.refused.kind !== 'tunnel') return undefined;
  const { authority } = observation.refused;
  return {
    subject: `tunnel to ${authority}`,
    message: `A client asked for a tunnel to ${authority}, as clients do that speak https through a proxy; the emulator tunnels nothing.`,
    advice:
      'Let the client use http:// through the proxy, or start the emulator with --tls and name it as the endpoint; take HTTPS_PROXY away.',
  };
}

/** A web page that calls the services. */
export function pageRefused(observation: Observation): HintDraft | undefined {
  if (observation.kind !== 'refused-at-door' || observation.refused.kind !== 'page') return undefined;
  const { origin, host } = observation.refused;
  return {
    subject: `page of ${origin ?? 'an unknown origin'}`,
    message: `A web page${origin === undefined ? '' : ` of ${origin}`} called ${host}, and was refused: with the keys of an emulator any page could sign.`,
    advice: 'If it is yours, name its origin: --cors, server.cors of the config file, or the option cors of listen.',
  };
}
