import { VirtualClock, type WireResponse } from '@mnsbus/core';
import { headerOf } from '@mnsbus/core/internal';
import { expect } from 'vitest';
import type { MnsOptions } from '../../mns/mns-options.js';
import { createEmulator, type Emulator } from '../../emulator.js';
import { defined } from '../../runtime/defined.js';
import type { TemporaryCredentials } from '../../runtime/security-tokens.js';
import {
  ACCOUNT,
  OTHER_KEY,
  HOST,
  KEY,
  START_MS,
  messageXml,
  signedRequest,
  signedV4,
  subscriptionXml,
} from '../../mns/test-support/mns-fixture.js';
import {
  type Call,
  type ConformanceRow,
  type ExpectedReply,
  type Signing,
  type Step,
  get,
  put,
} from './conformance-row.js';
import { expectedXml, isExpectedText } from './expected-xml.js';

const REGION = 'cn-hangzhou';

/** How every world begins: a queue, and a topic that copies into it. */
const BEGINNING: readonly Step[] = [
  { call: put('/queues/orders') },
  { call: put('/topics/news') },
  {
    call: put(
      '/topics/news/subscriptions/copy',
      subscriptionXml('orders', '<NotifyContentFormat>SIMPLIFIED</NotifyContentFormat>'),
    ),
  },
];

/** What is read to see whether anything has changed. */
const VIEWS: readonly Call[] = [
  get('/queues/orders'),
  get('/queues/orders/messages?peekonly=true&numOfMessages=16'),
  get('/queues/fresh'),
  get('/queues', { headers: [['x-mns-with-meta', 'true']] }),
  get('/topics/news'),
  get('/topics/fresh'),
  get('/topics', { headers: [['x-mns-with-meta', 'true']] }),
  get('/topics/news/subscriptions/copy'),
  get('/topics/news/subscriptions/fresh'),
  get('/topics/news/subscriptions'),
  get('/?accountmeta=true'),
];

/** An emulator on a virtual clock, called through its front door with signed requests. */
export class ConformanceWorld {
  readonly clock: VirtualClock = new VirtualClock(START_MS);
  readonly emulator: Emulator;
  readonly #oneSecondKey: TemporaryCredentials;
  /** Only the request of the row itself is refused, not what comes before it or looks at the state. */
  #mayRefuse = false;
  readonly #kept = new Map<string, string>();

  /** An empty world, in which MNS may differ from its usual self. */
  constructor(mns: MnsOptions = {}) {
    this.emulator = createEmulator({
      accountId: ACCOUNT,
      region: REGION,
      accessKeyId: KEY.accessKeyId,
      accessKeySecret: KEY.accessKeySecret,
      accounts: [{ accountId: OTHER_KEY.accountId, accessKeys: [OTHER_KEY] }],
      mns: { ...mns, refuse: (call) => (this.#mayRefuse ? mns.refuse?.(call) : undefined) },
      clock: this.clock,
      seed: 'conformance',
    });
    this.#oneSecondKey = this.emulator.issueSecurityToken({ durationSeconds: 1 });
  }

  /** Creates what every row finds, then does what the row wants done beforehand. */
  async begin(steps: readonly Step[] = []): Promise<void> {
    for (const step of [...BEGINNING, ...steps]) await this.#take(step);
  }

  async call(call: Call): Promise<WireResponse> {
    const { method, body = '', clockAheadMs = 0, tamper, headers = [], host, key, signing } = call;
    const temporary = signing === undefined || signing === 'v4' ? undefined : this.#temporaryKey(signing);
    const token = temporary === undefined ? [] : [['security-token', temporary.securityToken] as const];
    const signed = signedRequest(
      this.clock.now() + clockAheadMs,
      method,
      this.#filled(call.target),
      this.#filled(body),
      {
        headers: [...headers.map(([name, value]) => [name, this.#filled(value)] as const), ...token],
        ...defined({ host, key: temporary ?? key }),
      },
    );
    const request = signing === 'v4' ? signedV4(signed, REGION, KEY) : signed;
    const last = tamper === undefined ? request : { ...request, headers: tamper(request.headers) };
    return this.clock.runUntil(this.emulator.handle(last));
  }

  /** Makes a row's request and holds its reply, and the state after a refusal, against what is expected. */
  async check({ call, reply }: ConformanceRow): Promise<void> {
    const isRefused = reply.root?.[0] === 'Error';
    const before = isRefused ? await this.fingerprint() : undefined;
    const startMs = this.clock.now();
    this.#mayRefuse = true;
    const actual = await this.call(call);
    this.#mayRefuse = false;
    expect(this.clock.now() - startMs, 'milliseconds taken').toBe(reply.afterMs ?? 0);
    this.#checkReply(actual, reply, call.host ?? HOST, startMs);
    if (before !== undefined) expect(await this.fingerprint()).toBe(before);
  }

  /** A text that changes when anything visible does. */
  async fingerprint(): Promise<string> {
    const texts: string[] = [];
    for (const view of VIEWS) {
      const { status, body } = await this.call(view);
      const text = Buffer.from(body).toString('utf8');
      texts.push(`${status} ${text.replace(/<RequestId>[0-9A-F]{24}<\/RequestId>/, '')}`);
    }
    return texts.join('\n');
  }

  close(): void {
    this.emulator.close();
  }

  #temporaryKey(signing: Exclude<Signing, 'v4'>): TemporaryCredentials {
    if (signing === 'one-second-token') return this.#oneSecondKey;
    const own = this.emulator.issueSecurityToken();
    if (signing === 'token') return own;
    return { ...own, securityToken: this.emulator.issueSecurityToken().securityToken };
  }

  #checkReply(actual: WireResponse, { status, location, root }: ExpectedReply, host: string, arrivedMs: number): void {
    const requestId = headerOf(actual, 'x-mns-request-id') ?? '';
    const seconds = Math.floor(arrivedMs / 1000)
      .toString(16)
      .toUpperCase();
    expect(requestId).toMatch(new RegExp(`^${seconds}[0-9A-F]{16}$`));
    const text = Buffer.from(actual.body).toString('utf8');
    const expected =
      root === undefined
        ? ''
        : this.#filled(expectedXml(root)).replace('{{RequestId}}', requestId).replace('{{Host}}', host);
    expect(isExpectedText(text, expected) ? expected : text).toBe(expected);
    expect(actual.status).toBe(status);
    expect(actual.headers).toEqual([
      ['Server', 'AliyunMQS'],
      ['Date', new Date(this.clock.now()).toUTCString()],
      ['Content-Type', 'text/xml;charset=utf-8'],
      ...(status === 204 ? [] : [['Content-Length', String(actual.body.length)]]),
      ...(location === undefined ? [] : [['Location', location]]),
      ['Connection', 'keep-alive'],
      ['x-mns-version', '2015-06-06'],
      ['x-mns-request-id', requestId],
      ['x-mns-response-format', 'xml'],
      ['x-mns-netty-total-time', String(this.clock.now() - arrivedMs)],
      ['x-mns-threadpool-wait-time', '0'],
      ['x-mns-account-type', ''],
    ]);
  }

  async #take(step: Step): Promise<void> {
    if ('advanceMs' in step) {
      await this.clock.advanceBy(step.advanceMs);
      return;
    }
    const reply = await this.call(step.call);
    const text = Buffer.from(reply.body).toString('utf8');
    expect(reply.status, `${step.call.method} ${step.call.target} beforehand: ${text}`).toBeLessThan(300);
    for (const [name, element] of Object.entries(step.keep ?? {})) {
      const value = new RegExp(`<${element}>([^<]*)</${element}>`).exec(text)?.[1];
      if (value === undefined) expect.fail(`no ${element} in ${text}`);
      this.#kept.set(name, value);
    }
  }

  #filled(text: string): string {
    return text.replaceAll(/\{\{(\w+)\}\}/g, (token, name: string) => this.#kept.get(name) ?? token);
  }
}

/** A step that sends a message, and keeps its id. */
export function sent(body: string, more: string = '', keptAs: string = 'id'): Step {
  return {
    call: { method: 'POST', target: '/queues/orders/messages', body: messageXml(body, more) },
    keep: { [keptAs]: 'MessageId' },
  };
}

/** A step that receives a message, and keeps its handle. */
export function received(keptAs: string = 'handle'): Step {
  return { call: get('/queues/orders/messages'), keep: { [keptAs]: 'ReceiptHandle' } };
}
