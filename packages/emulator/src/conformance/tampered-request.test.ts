import type { WireRequest } from '@mnsbus/core';
import { fc, it } from '@fast-check/vitest';
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { messageXml, signedRequest } from '../mns/test-support/mns-fixture.js';
import { ConformanceWorld } from './test-support/conformance-world.js';

// Invariant I21: what is signed cannot be changed by a byte. Every part that the signature covers is
// changed at every place; Content-MD5 carries the cover on to the body.

let world: ConformanceWorld;
beforeAll(async () => {
  world = new ConformanceWorld();
  await world.begin();
});
afterAll(() => world.close());

const BODY = messageXml('hello');

function original(): WireRequest {
  const contentMd5 = createHash('md5').update(BODY).digest('base64');
  return signedRequest(world.clock.now(), 'POST', '/queues/orders/messages?a=b&c=d%3D', BODY, {
    headers: [
      ['Content-MD5', contentMd5],
      ['x-mns-user-request-id', 'request-1'],
    ],
  });
}

/** The headers that the signature covers; the key's name selects the secret, and the signature is the proof itself. */
const SIGNED_HEADERS = [
  'Date',
  'x-mns-version',
  'Content-Type',
  'Content-MD5',
  'x-mns-user-request-id',
  'Authorization',
];

/** A part of a request: its method, target or body, or the header of that name. */
type Part = string;
const PARTS: readonly Part[] = ['method', 'target', 'body', ...SIGNED_HEADERS];

function bytesOf(request: WireRequest, part: Part): Buffer {
  if (part === 'method') return Buffer.from(request.method, 'latin1');
  if (part === 'target') return Buffer.from(request.target, 'latin1');
  if (part === 'body') return Buffer.from(request.body);
  return Buffer.from(request.headers.find(([name]) => name === part)?.[1] ?? '', 'latin1');
}

function withBytes(request: WireRequest, part: Part, bytes: Buffer): WireRequest {
  if (part === 'method') return { ...request, method: bytes.toString('latin1') };
  if (part === 'target') return { ...request, target: bytes.toString('latin1') };
  if (part === 'body') return { ...request, body: bytes };
  return {
    ...request,
    headers: request.headers.map(([name, value]) => [name, name === part ? bytes.toString('latin1') : value] as const),
  };
}

async function expectRefused(request: WireRequest): Promise<void> {
  const before = await world.fingerprint();
  const { body } = await world.emulator.handle(request);
  expect(Buffer.from(body).toString('utf8')).toMatch(/^<\?xml version="1\.0" \?>\n<Error /);
  expect(await world.fingerprint()).toBe(before);
}

describe.each(PARTS)('a signed request whose %s is changed', (part) => {
  it('by flipping one bit anywhere is refused (I21)', async () => {
    const request = original();
    const bytes = bytesOf(request, part);
    expect(bytes.length).toBeGreaterThan(0);
    for (let index = 0; index < bytes.length; index += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(index) ^ (1 << (index % 8)), index);
      await expectRefused(withBytes(request, part, changed));
    }
  });

  it.prop([fc.nat(), fc.integer({ min: 1, max: 255 })], { numRuns: 100 })(
    'by another byte anywhere is refused (I21)',
    async (place, delta) => {
      const request = original();
      const changed = bytesOf(request, part);
      const index = place % changed.length;
      changed.writeUInt8((changed.readUInt8(index) + delta) % 256, index);
      await expectRefused(withBytes(request, part, changed));
    },
  );

  it.prop([fc.nat(), fc.integer({ min: 0, max: 255 })], { numRuns: 50 })(
    'by a byte more, or a byte less, is refused (I21)',
    async (place, byte) => {
      const request = original();
      const bytes = bytesOf(request, part);
      const index = place % (bytes.length + 1);
      await expectRefused(
        withBytes(request, part, Buffer.concat([bytes.subarray(0, index), Buffer.of(byte), bytes.subarray(index)])),
      );
      const less = Buffer.concat([bytes.subarray(0, index), bytes.subarray(index + 1)]);
      if (less.length < bytes.length) await expectRefused(withBytes(request, part, less));
    },
  );
});

describe('a signed request', () => {
  it.each(SIGNED_HEADERS)('without its %s is refused', async (name) => {
    const request = original();
    await expectRefused({ ...request, headers: request.headers.filter(([key]) => key !== name) });
  });

  it('with a header more that signatures cover is refused', async () => {
    const request = original();
    await expectRefused({ ...request, headers: [...request.headers, ['x-mns-extra', '1']] });
  });

  it('is accepted as it was signed, and with what signatures do not cover', async () => {
    expect((await world.emulator.handle(original())).status).toBe(201);
    const request = original();
    const more: WireRequest = { ...request, headers: [...request.headers, ['User-Agent', 'test'], ['Accept', '*/*']] };
    expect((await world.emulator.handle(more)).status).toBe(201);
    const absolute: WireRequest = { ...request, target: `http://any.example${request.target}` };
    expect((await world.emulator.handle(absolute)).status).toBe(201);
  });
});
