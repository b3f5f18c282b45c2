import type { WireRequest, WireResponse } from '@mnsbus/core';
import type { PushSigner } from './push-signer.js';
import { CERTIFICATE_PATH } from './pushes.js';

/** Whether a request asks for the certificate of the pushes; like the genuine one it is there for everybody. */
export function asksForCertificate({ method, target }: WireRequest): boolean {
  // The cheap question first: this is asked of every request.
  if (method !== 'GET' || !target.includes(CERTIFICATE_PATH)) return false;
  return target.replace(/^https?:\/\/[^/]*/i, '').split('?', 1)[0] === CERTIFICATE_PATH;
}

/** The reply that carries the certificate. */
export async function certificateReply(signer: Pick<PushSigner, 'certificate'>): Promise<WireResponse> {
  const body = Buffer.from(await signer.certificate(), 'latin1');
  return {
    status: 200,
    headers: [
      ['Content-Type', 'application/x-pem-file'],
      ['Content-Length', String(body.length)],
      ['Connection', 'keep-alive'],
    ],
    body,
  };
}
