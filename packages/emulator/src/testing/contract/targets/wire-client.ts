import { MnsbusError, type Clock, type WireHandler, type WireResponse } from '@mnsbus/core';
import { readXml, type XmlElement } from '@mnsbus/core/internal';
import type { ContractReply, ContractRequest, ReplyItem } from '../contract-target.js';
import { signRequest, type ContractKeys } from './sign-request.js';

/** Carries one request to the target and its reply back. */
export type ContractClient = (request: ContractRequest) => Promise<ContractReply>;

/** A client of its own: signs, sends the bytes as they are, and reads the reply with a strict parser. */
export function wireClient(handler: WireHandler, keys: ContractKeys, clock: Clock): ContractClient {
  return async (request) => readReply(request, await handler(signRequest(request, keys, clock.now())));
}

/** Sends the bytes of a request to this base URL, for example `http://127.0.0.1:9324`, with `fetch`. */
export function fetchHandler(endpoint: string): WireHandler {
  return async ({ method, target, headers, body, signal }) => {
    const response = await fetch(endpoint + target, {
      method,
      headers: headers.map(([name, value]): [string, string] => [name, value]),
      signal: signal ?? null,
      ...(body.length === 0 ? {} : { body: Buffer.from(body) }),
    });
    return {
      status: response.status,
      headers: [...response.headers],
      body: new Uint8Array(await response.arrayBuffer()),
    };
  };
}

function readReply({ operation, root }: ContractRequest, { status, body }: WireResponse): ContractReply {
  const text = Buffer.from(body).toString('utf8');
  if (text === '') return { status, items: [] };
  const document = readXml(text);
  if (document.name === 'Error') return { status, code: textOf(document, 'Code'), items: [] };
  // A reply that is no MNS reply comes from something in between: what became of the request is unknown.
  if (document.name !== root) {
    throw new MnsbusError({
      code: 'MNS_UNREACHABLE',
      message: `${operation} was answered with <${document.name}>, expected <${root}> or <Error>: look for a proxy`,
    });
  }
  return { status, items: itemsOf(document) };
}

function itemsOf(root: XmlElement): readonly ReplyItem[] {
  const isList = root.children.every(({ children }) => children.length > 0);
  return isList ? root.children.map((child) => itemOf(child)) : [itemOf(root)];
}

function itemOf({ children }: XmlElement): ReplyItem {
  return Object.fromEntries(children.map(({ name, text }) => [name, text]));
}

function textOf({ children }: XmlElement, name: string): string {
  return children.find((child) => child.name === name)?.text ?? '';
}
