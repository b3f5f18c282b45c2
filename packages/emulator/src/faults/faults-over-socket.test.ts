import { request as httpRequest } from 'node:http';
import RPCClient from '@alicloud/pop-core';
import { SystemClock } from '@mnsbus/core';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createEmulator } from '../emulator.js';
import { alicloudClient, field, type SdkClient } from '../mns/test-support/alicloud-client.js';
import { signedRequest } from '../mns/test-support/mns-fixture.js';
import { listen, type EmulatorServer } from '../mounts/http.js';
import { mswHandlers } from '../mounts/msw.js';
import type { Fault } from './fault.js';

// What the unmodified clients make of each fault, through a real socket and under msw.

const clock = new SystemClock();
const emulator = createEmulator({ seed: 'faults', clock });
const { accountId, accessKeyId, accessKeySecret, faults, journal } = emulator;
const INTERCEPTED = 'http://mns.test';
let server: EmulatorServer;
const network = setupServer(...mswHandlers(emulator, { endpoints: [INTERCEPTED] }));

beforeAll(async () => {
  server = await listen(emulator);
  await mns().createQueue('q');
  network.listen({ onUnhandledRequest: 'bypass' });
});
afterEach(() => faults.clear());
afterAll(async () => {
  network.close();
  await server.close();
});

const mns = (endpoint = server.endpoint): SdkClient =>
  alicloudClient(accountId, { endpoint, accessKeyId, accessKeySecret });
const imm = (endpoint = server.endpoint): RPCClient =>
  new RPCClient({ endpoint, apiVersion: '2017-09-06', accessKeyId, accessKeySecret });

const sendsIn = (from: number): number =>
  journal.entries('sent', { queueName: 'q' }).filter(({ sequence }) => sequence > from).length;

/** Sends one message under a fault; tells how that ended, and whether it is in the queue. */
async function sendUnder(fault: Fault, endpoint: string): Promise<{ error: unknown; stored: number }> {
  const from = journal.length;
  const handle = faults.add(fault);
  const error = await mns(endpoint)
    .sendMessage('q', { MessageBody: 'hello' })
    .then(
      () => undefined,
      (reason: unknown) => reason,
    );
  expect(handle.appliedCount).toBe(1);
  return { error, stored: sendsIn(from) };
}

describe.each([
  ['a socket', () => server.endpoint],
  ['msw', () => INTERCEPTED],
])('@alicloud/mns through %s', (_, endpointOf) => {
  it('loses the connection before the effect', async () => {
    const { error, stored } = await sendUnder({ kind: 'reset-before-effect' }, endpointOf());
    expect(error).toBeInstanceOf(Error);
    expect(String(error)).not.toContain('failed with');
    expect(stored).toBe(0);
    expect(journal.requests().at(-1)).toMatchObject({ operation: 'SendMessage', status: 502, broken: 'no-answer' });
  });

  it('loses the answer after the effect: the message is there', async () => {
    const { error, stored } = await sendUnder({ kind: 'reset-after-effect' }, endpointOf());
    expect(error).toBeInstanceOf(Error);
    expect(stored).toBe(1);
    expect(journal.requests().at(-1)).toMatchObject({ operation: 'SendMessage', status: 201, broken: 'no-answer' });
  });

  it('gets half of a reply, which it does not take for a whole one', async () => {
    const { error, stored } = await sendUnder({ kind: 'truncate-reply' }, endpointOf());
    expect(error).toBeInstanceOf(Error);
    expect(stored).toBe(1);
    expect(journal.requests().at(-1)).toMatchObject({ status: 201, broken: 'cut-short' });
  });

  it('gets a corrupt reply', async () => {
    const { error, stored } = await sendUnder({ kind: 'corrupt-reply' }, endpointOf());
    expect(error).toBeInstanceOf(Error);
    expect(stored).toBe(1);
  });

  it('gets a digest that is not that of its message', async () => {
    faults.add({ kind: 'wrong-md5', match: { operation: 'SendMessage' }, times: 1 });
    const client = mns(endpointOf());
    const digests = [];
    for (let count = 0; count < 2; count += 1) {
      digests.push(field((await client.sendMessage('q', { MessageBody: 'hello' })).body, 'MessageBodyMD5'));
    }
    expect(digests[1]).toBe('5D41402ABC4B2A76B9719D911017C592');
    expect(digests[0]).toMatch(/^[0-9A-F]{32}$/);
    expect(digests[0]).not.toBe(digests[1]);
  });

  it.each([
    [{ kind: 'throttle' }, 'MNSQpsLimitExceededError'],
    [{ kind: 'server-error' }, 'MNSInternalErrorError'],
    [{ kind: 'refuse', code: 'AccessDeniedByRamPolicy' }, 'MNSAccessDeniedByRamPolicyError'],
    [{ kind: 'skew-clock', skewMs: 900_001 + 60_000 }, 'MNSTimeExpiredError'],
    [{ kind: 'skew-clock', skewMs: -960_001 }, 'MNSTimeExpiredError'],
    [{ kind: 'expire-credentials' }, 'MNSInvalidSecurityTokenError'],
  ] satisfies [Fault, string][])('is refused by %j, and nothing is stored', async (fault, name) => {
    const { error, stored } = await sendUnder(fault, endpointOf());
    expect(error).toMatchObject({ name });
    expect(stored).toBe(0);
  });

  it.each([502, 503] as const)('gets the page of a gateway with %s', async (status) => {
    const from = journal.length;
    faults.add({ kind: 'server-error', status });
    const reply = await mns(endpointOf()).sendMessage('q', { MessageBody: 'hello' });
    expect([reply.code, sendsIn(from)]).toEqual([status, 0]);
  });
});

describe('@alicloud/pop-core through a socket', () => {
  it.each([
    [{ kind: 'throttle', retryAfterMs: 500 }, 'Throttling.User'],
    [{ kind: 'server-error' }, 'InternalError'],
    [{ kind: 'refuse', code: 'ServiceUnavailable' }, 'ServiceUnavailable'],
    [{ kind: 'skew-clock', skewMs: 3_600_000 }, 'InvalidTimeStamp.Expired'],
    [{ kind: 'expire-credentials' }, 'InvalidSecurityToken.Expired'],
  ] satisfies [Fault, string][])('is refused by %j', async (fault, code) => {
    faults.add(fault);
    await expect(imm().request('ListProjects', {})).rejects.toMatchObject({ code });
    expect(journal.requests().at(-1)).toMatchObject({ service: 'imm', operation: 'ListProjects', code });
  });

  it('does not know what happened when the answer is lost', async () => {
    faults.add({ kind: 'reset-after-effect', match: { service: 'imm', operation: 'PutProject' } });
    await expect(imm().request('PutProject', { Project: 'lost' }, { method: 'POST' })).rejects.toThrow(
      /socket hang up/,
    );
    faults.clear();
    expect(await imm().request('GetProject', { Project: 'lost' })).toMatchObject({ Project: 'lost' });
  });

  it.each(['reset-before-effect', 'truncate-reply', 'corrupt-reply'] as const)('fails under %s', async (kind) => {
    faults.add({ kind, match: { service: 'imm' } });
    // Of another realm, when a parser has thrown it.
    await expect(imm().request('ListProjects', {})).rejects.toHaveProperty('message');
  });
});

describe('the wire under a reset', () => {
  /** The bytes of a body and how it ended, as a plain HTTP client of Node sees them. */
  const raw = (): Promise<{ status: number | undefined; expected: number; got: number; end: string }> =>
    new Promise((resolve) => {
      const { hostname, port } = new URL(server.endpoint);
      const wire = signedRequest(clock.now(), 'GET', '/queues/q', '', {
        host: `${hostname}:${port}`,
        key: { accessKeyId, accessKeySecret },
      });
      const request = httpRequest({ hostname, port, path: wire.target, headers: wire.headers.flat(), agent: false });
      request.once('error', (error: NodeJS.ErrnoException) =>
        resolve({ status: undefined, expected: 0, got: 0, end: error.code ?? error.message }),
      );
      request.once('response', (response) => {
        let got = 0;
        response.on('data', (chunk: Buffer) => (got += chunk.length));
        const expected = Number(response.headers['content-length']);
        const end = (how: string): void => resolve({ status: response.statusCode, expected, got, end: how });
        response.once('end', () => end('end'));
        response.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
      });
      request.end();
    });

  it('is a connection that ends without a byte', async () => {
    faults.add({ kind: 'reset-after-effect' });
    expect(await raw()).toEqual({ status: undefined, expected: 0, got: 0, end: 'ECONNRESET' });
  });

  it('is a body shorter than its length, when the reply is truncated', async () => {
    faults.add({ kind: 'truncate-reply' });
    const { status, expected, got, end } = await raw();
    expect([status, got, end]).toEqual([200, expected >> 1, 'ECONNRESET']);
  });
});
