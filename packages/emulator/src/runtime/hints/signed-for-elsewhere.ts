import { headerOf } from '@mnsbus/core/internal';
import { CURRENT_REGIONS } from '../../imm/rpc/actions/2020-09-30/projects.js';
import { acs3StringToSign, readAcs3Authorization, signAcs3 } from '../../imm/rpc/signature-acs3.js';
import { serviceHost } from '../../imm/rpc/service-host.js';
import { mnsSignature } from '../../mns/rest/signature.js';
import { isSameSecret } from '../same-secret.js';
import type { HintDraft } from './hint.js';
import type { HintWorld, Observation, Observed } from './observation.js';

/** A client that means another host or path than its request has arrived at: behind a proxy, or with a wrong endpoint. */
export function signedForElsewhere(observation: Observation, world: HintWorld): HintDraft | undefined {
  if (observation.kind !== 'refused') return undefined;
  const { service, code } = observation;
  if (service === 'imm') return code === 'SignatureDoesNotMatch' ? otherImmHost(observation, world) : undefined;
  if (code === 'InvalidRequestURL') return pathBefore(observation);
  if (code === 'AccessDenied') return otherAccount(observation, world);
  return code === 'SignatureDoesNotMatch' ? otherPath(observation, world) : undefined;
}

function pathBefore({ request: { target } }: Observed<'refused'>): HintDraft | undefined {
  const [, prefix] = /^(\/[^?]*?)\/(?:queues|topics)(?:[/?]|$)/.exec(target) ?? [];
  if (prefix === undefined) return undefined;
  return {
    subject: `path ${prefix}`,
    message: `A request came for ${prefix} before the path of a queue or topic, where MNS has nothing.`,
    advice: 'Give the client an endpoint without a path, and let a proxy take away what it adds.',
  };
}

function otherAccount({ request, tenant }: Observed<'refused'>, world: HintWorld): HintDraft | undefined {
  const [, keyId] = V1_AUTHORIZATION.exec(headerOf(request, 'authorization') ?? '') ?? [];
  const owner = keyId === undefined ? undefined : world.findKey(keyId)?.accountId;
  if (owner === undefined || owner === tenant.accountId) return undefined;
  return {
    subject: `account ${tenant.accountId}`,
    message: `A request for account ${tenant.accountId} was signed with a key of account ${owner}.`,
    advice:
      'Give the client the account id that its key belongs to, or add a key of the other account to the emulator’s.',
  };
}

const V1_AUTHORIZATION = /^MNS ([^\s:]+):(\S+)$/;

function otherPath({ request }: Observed<'refused'>, world: HintWorld): HintDraft | undefined {
  const [, keyId, signature = ''] = V1_AUTHORIZATION.exec(headerOf(request, 'authorization') ?? '') ?? [];
  const accessKeySecret = keyId === undefined ? undefined : world.findKey(keyId)?.accessKeySecret;
  if (accessKeySecret === undefined) return undefined;
  const { method, headers, target } = request;
  const resource = target.replace(/^https?:\/\/[^/?#]*/i, '');
  const signed = otherResources(resource, headerOf(request, 'host') ?? '').find((candidate) =>
    isSameSecret(signature, mnsSignature({ accessKeySecret, method, headers, resource: candidate })),
  );
  return signed === undefined ? undefined : signedInstead(signed, resource);
}

function signedInstead(signed: string, arrived: string): HintDraft {
  return {
    subject: `signature of ${signed}`,
    message: `A client signed ${signed}, and its request arrived as ${arrived}.`,
    advice:
      'The signature covers path and query exactly as they arrive: sign what is sent, and let no proxy rewrite it.',
  };
}

/** What clients are known to sign instead of the resource that they send (spec mns §1.3). */
function otherResources(resource: string, host: string): readonly string[] {
  const [path = '', query] = resource.split('?', 2);
  const texts = [
    path,
    path.replace(/\/$/, ''),
    `${path}/`,
    decoded(resource),
    encodeURI(decoded(resource).toWellFormed()),
    `http://${host}${resource}`,
    `https://${host}${resource}`,
    ...(query === undefined ? [] : [`${path}?${query.split('&').toSorted().join('&')}`]),
  ];
  return [...new Set(texts)].filter((text) => text !== resource);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function otherImmHost({ request }: Observed<'refused'>, world: HintWorld): HintDraft | undefined {
  const {
    accessKeyId = '',
    signedHeaders = [],
    signature = '',
  } = readAcs3Authorization(headerOf(request, 'authorization') ?? '') ?? {};
  const key = world.findKey(accessKeyId);
  if (key === undefined || !signedHeaders.includes('host')) return undefined;
  const arrived = headerOf(request, 'host') ?? '';
  const signed = otherHosts(request, arrived).find((host) => {
    const headers = request.headers.map(
      ([name, value]) => [name, name.toLowerCase() === 'host' ? host : value] as const,
    );
    return isSameSecret(
      signature,
      signAcs3(acs3StringToSign({ ...request, headers }, signedHeaders), key.accessKeySecret),
    );
  });
  if (signed === undefined) return undefined;
  return {
    subject: `signature for ${signed}`,
    message: `A client signed for the host ${signed}, and its request arrived for ${arrived}.`,
    advice:
      'The signature covers the Host header: name the emulator as the client’s endpoint, or let the proxy keep the header.',
  };
}

function otherHosts(request: Observed<'refused'>['request'], arrived: string): readonly string[] {
  const [, port = ''] = /(:\d+)$/.exec(arrived) ?? [];
  const forwarded = headerOf(request, 'x-forwarded-host');
  return [
    ...(forwarded === undefined ? [] : [forwarded]),
    arrived.slice(0, arrived.length - port.length),
    ...CURRENT_REGIONS.flatMap((region) => [serviceHost(region), serviceHost(region).replace('imm.', 'imm-vpc.')]),
    ...['localhost', '127.0.0.1'].flatMap((host) => [host, `${host}${port}`]),
  ].filter((host) => host !== arrived);
}
