import type { WireRequest, WireResponse } from '@mnsbus/core';
import { ConnectionBroken, headerOf } from '@mnsbus/core/internal';
import { HttpResponse, http, type HttpHandler } from 'msw';
import { QUIET_TURNS, type Emulator } from '../emulator.js';

/** Which requests msw hands to the emulator. */
export interface MswHandlersOptions {
  /** Base URLs besides the real hosts of both services, for example `http://mns.test`. */
  readonly endpoints?: readonly string[];
}

/** The hosts of MNS and IMM in every region (spec mns §1.1, imm §1.1). */
const SERVICE_HOSTS = /^https?:\/\/(?:\d+\.mns|imm|imm-vpc)\.[a-z0-9-]+\.aliyuncs\.com(?::\d+)?(?:\/|$)/;

/**
 * Request handlers for msw 2 that let an unchanged app talk to the emulator at the services' real addresses.
 *
 * msw does not tell a handler that the client has hung up, so an abandoned long poll may still take a message with it.
 */
export function mswHandlers(emulator: Emulator, options: MswHandlersOptions = {}): HttpHandler[] {
  const { endpoints = [] } = options;
  emulator.clock.activity?.needQuietTurns(QUIET_TURNS);
  const answer = async ({ request }: { request: Request }): Promise<Response> =>
    toResponse(await emulator.handle(await toWireRequest(request)));
  return [
    http.all(SERVICE_HOSTS, answer),
    ...endpoints.map((endpoint) => http.all(`${endpoint.replace(/\/$/, '')}/*`, answer)),
  ];
}

async function toWireRequest(request: Request): Promise<WireRequest> {
  const { origin, host } = new URL(request.url);
  const wire: WireRequest = {
    method: request.method,
    // Cut from the text, because a parsed URL would re-encode what was signed.
    target: request.url.slice(origin.length),
    headers: [...request.headers],
    body: new Uint8Array(await request.arrayBuffer()),
    signal: request.signal,
  };
  return headerOf(wire, 'host') === undefined ? { ...wire, headers: [['host', host], ...wire.headers] } : wire;
}

function toResponse({ status, headers, body, broken }: WireResponse): Response {
  if (broken === 'no-answer') return HttpResponse.error();
  const content = status === 204 ? null : broken === 'cut-short' ? breakingOff(body) : Buffer.from(body);
  return new HttpResponse(content, {
    status,
    headers: headers.map(([name, value]): [string, string] => [name, value]),
  });
}

/** A body that ends in an error after its first bytes. */
function breakingOff(body: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start: (controller) => {
      controller.enqueue(body);
      controller.error(new ConnectionBroken('cut-short'));
    },
  });
}
