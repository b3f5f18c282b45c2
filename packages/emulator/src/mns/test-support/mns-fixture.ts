import { SeededRandom, VirtualClock, type WireRequest, type WireResponse } from '@mnsbus/core';
import { Faults } from '../../faults/faults.js';
import { createMnsService, type MnsService } from '../../mns-service.js';
import { Accounts } from '../../runtime/accounts.js';
import { Journal } from '../../runtime/journal.js';
import type { MnsOptions } from '../mns-options.js';
import type { PushOptions } from '../push/pushes.js';
import { mnsSignature } from '../rest/signature.js';
import { V4_ALGORITHM, mnsSignatureV4, signedDay } from '../rest/signature-v4.js';
import { TimeLine } from '../../runtime/time-line.js';
import { quietHints } from '../../runtime/test-support/quiet-hints.js';

/** The account, host and key that tests sign with unless they say otherwise. */
export const ACCOUNT = '1000000000000001';
export const HOST = `${ACCOUNT}.mns.cn-hangzhou.aliyuncs.com`;
export const KEY = { accessKeyId: 'emuKey', accessKeySecret: 'emuSecret', accountId: ACCOUNT };
export const OTHER_KEY = { accessKeyId: 'otherKey', accessKeySecret: 'otherSecret', accountId: '2000000000000002' };

/** 2026-01-01T00:00:00Z, where every test clock starts. */
export const START_MS = 1_767_225_600_000;

/** A reply, decoded. */
export interface TestReply {
  readonly status: number;
  readonly text: string;
  readonly headers: WireResponse['headers'];
  /** A header's value, by its exact spelling. */
  header(name: string): string | undefined;
}

/** How a request differs from the usual one. */
export interface CallOptions {
  readonly host?: string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly key?: { readonly accessKeyId: string; readonly accessKeySecret: string };
  readonly signal?: AbortSignal;
}

/** An MNS on a virtual clock, and a client that signs. */
export interface MnsFixture {
  readonly clock: VirtualClock;
  readonly journal: Journal;
  readonly service: MnsService;
  readonly context: Parameters<typeof createMnsService>[0];
  /** A signed request, not yet sent. */
  request(method: string, target: string, body?: string, options?: CallOptions): WireRequest;
  send(request: WireRequest): Promise<TestReply>;
  /** Signs, sends, and decodes the reply. */
  call(method: string, target: string, body?: string, options?: CallOptions): Promise<TestReply>;
}

export function mnsFixture(seed: string = 'test', push: PushOptions = {}, settings: MnsOptions = {}): MnsFixture {
  const clock = new VirtualClock(START_MS);
  const journal = new Journal(() => clock.now());
  const accounts = new Accounts({ accountId: ACCOUNT, region: 'cn-hangzhou' }, [KEY, OTHER_KEY]);
  const random = new SeededRandom(seed);
  const faults = new Faults({ now: () => clock.now(), random: random.fork('faults'), journal });
  const context = { clock: new TimeLine(clock), journal, accounts, random, faults, hints: quietHints() };
  const service = createMnsService(context, push, settings);
  const request: MnsFixture['request'] = (method, target, body = '', options = {}) =>
    signedRequest(clock.now(), method, target, body, options);
  const send = async (wire: WireRequest): Promise<TestReply> => decode(await service.handle(wire));
  return {
    clock,
    journal,
    service,
    context,
    request,
    send,
    call: (method, target, body, options) => send(request(method, target, body, options)),
  };
}

/** A request as a well-behaved client signs it. */
export function signedRequest(
  nowMs: number,
  method: string,
  target: string,
  body: string,
  { host = HOST, headers: more = [], key = KEY, signal }: CallOptions = {},
): WireRequest {
  const headers: (readonly [string, string])[] = [
    ['Host', host],
    ['Date', new Date(nowMs).toUTCString()],
    ['x-mns-version', '2015-06-06'],
    ['Content-Type', 'text/xml'],
    ...more,
  ];
  const resource = target.replace(/^https?:\/\/[^/]*/, '');
  const signature = mnsSignature({ accessKeySecret: key.accessKeySecret, method, resource, headers });
  return {
    method,
    target,
    headers: [...headers, ['Authorization', `MNS ${key.accessKeyId}:${signature}`]],
    body: Buffer.from(body, 'utf8'),
    ...(signal === undefined ? {} : { signal }),
  };
}

/** The same request, signed in the way of version 4 instead. */
export function signedV4(request: WireRequest, region: string, key: Omit<typeof KEY, 'accountId'>): WireRequest {
  const { method, target, headers: old } = request;
  const headers = old.filter(([name]) => name !== 'Authorization');
  const { accessKeyId, accessKeySecret } = key;
  const signature = mnsSignatureV4({ accessKeySecret, region, method, resource: target, headers });
  const credential = `${accessKeyId}/${signedDay(headers)}/${region}/mns/aliyun_v4_request`;
  return {
    ...request,
    headers: [...headers, ['Authorization', `${V4_ALGORITHM} Credential=${credential},Signature=${signature}`]],
  };
}

/** The body of an error reply, to the byte. */
export function errorXml(reply: TestReply, code: string, message: string, host: string = HOST): string {
  return [
    '<?xml version="1.0" ?>',
    '<Error xmlns="http://mns.aliyuncs.com/doc/v1">',
    `  <Code>${code}</Code>`,
    `  <Message>${message}</Message>`,
    `  <RequestId>${reply.header('x-mns-request-id')}</RequestId>`,
    `  <HostId>http://${host}</HostId>`,
    '</Error>',
  ].join('\n');
}

/** The text of the first element with this name in a reply, unescaped. */
export function valueIn(reply: TestReply, name: string): string {
  return valuesIn(reply, name)[0] ?? '';
}

/** The texts of all elements with this name in a reply, unescaped. */
export function valuesIn({ text }: TestReply, name: string): readonly string[] {
  return [...text.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, value = '']) => unescape(value));
}

/** Escapes a text for a request body, the way a careful client does. */
export function xmlText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#13;');
}

/** The body of a send or publish. */
export function messageXml(body: string, more: string = ''): string {
  return `<Message><MessageBody>${xmlText(body)}</MessageBody>${more}</Message>`;
}

/** The body of a Subscribe for a queue. */
export function subscriptionXml(queueName: string, more: string = ''): string {
  return `<Subscription><Endpoint>acs:mns:cn-hangzhou:${ACCOUNT}:queues/${queueName}</Endpoint>${more}</Subscription>`;
}

export function decode(response: WireResponse): TestReply {
  return {
    status: response.status,
    text: Buffer.from(response.body).toString('utf8'),
    headers: response.headers,
    header: (name) => response.headers.find(([key]) => key === name)?.[1],
  };
}

function unescape(text: string): string {
  return text.replaceAll('&#13;', '\r').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
