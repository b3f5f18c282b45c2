import { mkdtemp, rm } from 'node:fs/promises';
import { request as httpRequest, type ClientRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualClock } from '@mnsbus/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createEmulator, type Emulator } from '../emulator.js';
import type { Fault } from '../faults/fault.js';
import { messageXml, signedRequest } from '../mns/test-support/mns-fixture.js';
import { openEmulator, type PersistentEmulator } from '../open-emulator.js';
import { textIn } from '../test-support/emulator-world.js';
import { listen } from './http.js';

// I17: a cancelled waiter takes nothing with it. Its signal has to come through all that lies between the socket and the
// long poll.

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

type AnyEmulator = Emulator | PersistentEmulator;

async function inMemory(clock: VirtualClock): Promise<AnyEmulator> {
  return createEmulator({ seed: 'hung-up', clock });
}

async function onDisk(clock: VirtualClock): Promise<AnyEmulator> {
  const dataDir = await mkdtemp(join(tmpdir(), 'mnsbus-hung-up-'));
  closing.push(() => rm(dataDir, { recursive: true, force: true }));
  return openEmulator({ dataDir, clock });
}

interface Client {
  /** Sends a request over a connection of its own. */
  readonly begin: (method: string, target: string, body?: string) => ClientRequest;
  /** The text of its reply. */
  readonly call: (method: string, target: string, body?: string) => Promise<string>;
}

async function clientOf(emulator: AnyEmulator, clock: VirtualClock): Promise<Client> {
  const { port, close } = await listen(emulator);
  closing.push(close);
  const host = `127.0.0.1:${port}`;
  const { accessKeyId, accessKeySecret, accountId } = emulator;
  const key = { accountId, accessKeyId, accessKeySecret };
  const begin: Client['begin'] = (method, path, text = '') => {
    const { target, headers, body } = signedRequest(clock.now(), method, path, text, { host, key });
    const length = ['Content-Length', String(body.length)];
    const client = httpRequest({ port, method, path: target, headers: [...headers.flat(), ...length], agent: false });
    client.on('error', () => {});
    client.end(body);
    return client;
  };
  const call: Client['call'] = (...request) =>
    new Promise((resolve) => {
      begin(...request).once('response', (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.once('end', () => resolve(text));
      });
    });
  return { begin, call };
}

/** Waits for a condition, also on a machine that has much else to do. */
const soon = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 20_000 });

const DELAY_MS = 1000;
const NEVER: Fault = { kind: 'delay', delayMs: DELAY_MS, probability: 0 };
const ONCE: Fault = { kind: 'delay', delayMs: DELAY_MS, match: { operation: 'ReceiveMessage' }, times: 1 };
const LOST: Fault = { kind: 'reset-after-effect', match: { operation: 'ReceiveMessage' } };

describe.each([
  ['in memory', inMemory],
  ['on a disk', onDisk],
])('a client that hangs up on an emulator %s', { timeout: 30_000 }, (_, open) => {
  async function withQueue(): Promise<Client & { clock: VirtualClock; emulator: AnyEmulator }> {
    const clock = new VirtualClock();
    const emulator = await open(clock);
    const client = await clientOf(emulator, clock);
    await client.call('PUT', '/queues/q');
    return { ...client, clock, emulator };
  }

  it.each([
    ['no fault', []],
    ['a fault that never strikes', [NEVER]],
    ['a fault that strikes its answer', [LOST]],
  ] satisfies [string, Fault[]][])('takes no message with it from its long poll, with %s', async (__, planned) => {
    const { begin, call, emulator } = await withQueue();
    const { faults, inspect } = emulator;
    for (const fault of planned) faults.add(fault);
    const waiting = (): number | undefined =>
      inspect()
        .accounts()
        .flatMap(({ regions }) => regions)
        .find(({ region }) => region === emulator.region)?.waitingReceives;
    const poll = begin('GET', '/queues/q/messages?waitseconds=30');
    await soon(() => expect(waiting()).toBe(1));
    poll.destroy();
    await soon(() => expect(waiting()).toBe(0));
    faults.clear();
    await call('POST', '/queues/q/messages', messageXml('for the living'));
    const received = await call('GET', '/queues/q/messages?waitseconds=0');
    expect([textIn(received, 'MessageBody'), textIn(received, 'DequeueCount')]).toEqual(['for the living', '1']);
  });

  it('takes none either when it was delayed, and was gone before it could wait', async () => {
    const { begin, call, emulator, clock } = await withQueue();
    const delay = emulator.faults.add(ONCE);
    const poll = begin('GET', '/queues/q/messages?waitseconds=30');
    await soon(() => expect(delay.appliedCount).toBe(1));
    poll.destroy();
    // Whoever is answered twice knows that the server has seen what happened before.
    await call('GET', '/queues/q');
    await call('POST', '/queues/q/messages', messageXml('for the living'));
    await clock.advanceBy(DELAY_MS);
    await soon(() =>
      expect(emulator.journal.requests({ operation: 'ReceiveMessage' }).map(({ status }) => status)).toEqual([404]),
    );
    const received = await call('GET', '/queues/q/messages?waitseconds=0');
    expect([textIn(received, 'MessageBody'), textIn(received, 'DequeueCount')]).toEqual(['for the living', '1']);
  });
});
