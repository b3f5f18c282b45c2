import { connect } from 'node:net';
import { SeededRandom, SystemClock, freshSeed, type WireResponse } from '@mnsbus/core';
import { headerOf } from '@mnsbus/core/internal';
import { afterEach, expect, it } from 'vitest';
import { killStarted, ready } from '../../src/cli/test-support/binary.js';
import { Draw } from '../drawing/draw.js';
import { drawAdmin } from '../requests/admin-grammar.js';
import type { Draft } from '../requests/draft.js';
import { drawImm } from '../requests/imm-grammar.js';
import { judgeReply } from '../requests/judge.js';
import { Memory } from '../requests/memory.js';
import { drawMns } from '../requests/mns-grammar.js';
import { wireRequest, type Keyring } from '../requests/signing.js';
import { RESOURCES } from '../requests/world.js';
import { requestBytes } from './raw-request.js';
import { repliesIn } from './reply-bytes.js';

// The same requests as bytes, to the real command: framed rightly, wrongly, in pieces, several at once, or cut off.

const CONNECTIONS = process.env['MNSBUS_LONG'] === '1' ? 20_000 : 300;
const AT_ONCE = 16;
const CLOCK = new SystemClock();
const SEED = process.env['MNSBUS_FUZZ_SEED'] ?? freshSeed();
/** How long a connection is waited for that goes on without saying anything, in milliseconds: receives may wait longer. */
const SILENCE_MS = 1000;

const OWN = { accessKeyId: 'emuKey', accessKeySecret: 'emuSecret' };
const NOBODY = { accessKeyId: 'nobody', accessKeySecret: 'x' };
const KEYS: Keyring = {
  own: OWN,
  temporary: { ...NOBODY, securityToken: 'none' },
  expired: NOBODY,
  inactive: NOBODY,
  unknown: NOBODY,
  'other-account': NOBODY,
};

afterEach(() => killStarted());

it(`answers what comes over ${CONNECTIONS} connections, and lives (seed ${SEED})`, { timeout: 1_800_000 }, async () => {
  const { started, info } = await ready();
  const url = new URL(info['endpoint'] ?? '');
  const port = Number(url.port);
  await fetch(new URL('/_emulator/seed', url), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(RESOURCES),
  });
  const draw = new Draw(new SeededRandom(`${SEED}/sockets`));
  const memory = new Memory();
  const statuses = new Map<number, number>();
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < CONNECTIONS) {
      next += 1;
      const drawn = Array.from({ length: draw.once(5) ? draw.integer(2, 4) : 1 }, () => drawDraft(draw, memory));
      // Where the answer to a HEAD ends, nobody can tell who sees only the bytes of all answers.
      const drafts = drawn.length === 1 ? drawn : drawn.filter(({ method }) => method !== 'HEAD');
      const bytes = Buffer.concat(drafts.map((draft, index) => bytesOf(draw, draft, `${next}-${index}`)));
      const answered = await exchange(port, bytes, draw);
      for (const reply of repliesIn(answered)) {
        statuses.set(reply.status, (statuses.get(reply.status) ?? 0) + 1);
        if (drafts[0] !== undefined) memory.learn(drafts[0], reply);
        const problem = problemOf(reply);
        if (problem !== undefined) {
          expect.fail(
            `${problem}\nseed ${SEED}, connection ${next}: printf %s '${bytes.toString('base64')}' | base64 -d | nc 127.0.0.1 9324`,
          );
        }
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, () => work()));
  process.stdout.write(
    `${CONNECTIONS} connections: ${Array.from(statuses, ([status, count]) => `${status} ${count}`).join(', ')}\n`,
  );
  const health = await fetch(new URL('/_emulator/health', url));
  expect(health.status).toBe(200);
  started.child.kill('SIGTERM');
  expect(await started.ended).toBe(0);
  expect(started.errors.filter((line) => /^\s+at |Warning|Error/.test(line))).toEqual([]);
  // Most are not so broken that nothing but HTTP was tested.
  expect((statuses.get(200) ?? 0) + (statuses.get(201) ?? 0) + (statuses.get(204) ?? 0)).toBeGreaterThan(
    CONNECTIONS / 20,
  );
});

function drawDraft(draw: Draw, memory: Memory): Draft {
  const door = draw.integer(1, 10);
  if (door <= 5) return drawMns(draw, memory);
  if (door <= 8) return drawImm(draw, memory);
  // With another time than this process has, nothing that it signs would be taken.
  for (;;) {
    const draft = drawAdmin(draw, memory);
    if (!/clock|addFault/i.test(draft.operation)) return draft;
  }
}

function bytesOf(draw: Draw, draft: Draft, nonce: string): Buffer {
  if (draft.door !== 'admin') return requestBytes(draw, wireRequest(draft, { keys: KEYS, nowMs: CLOCK.now(), nonce }));
  const headers = [['Host', '127.0.0.1'] as const, ...draft.headers];
  return requestBytes(draw, { method: draft.method, target: `/_emulator${draft.path}`, headers, body: draft.body });
}

/** Sends bytes, whole or in pieces, and gives what comes back until the connection ends or says nothing more. */
function exchange(port: number, bytes: Buffer, draw: Draw): Promise<Buffer> {
  const cut = draw.once(8) ? bytes.subarray(0, draw.integer(0, bytes.length)) : bytes;
  const isInPieces = draw.once(6);
  const leaves = draw.weighted([
    [12, 'half-closed'],
    [1, 'reset'],
    [1, 'gone'],
  ] as const);
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const done = (): void => {
      socket.destroy();
      resolve(Buffer.concat(chunks));
    };
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.once('end', done).once('error', done).once('close', done);
    socket.setTimeout(SILENCE_MS, done);
    if (isInPieces) for (const byte of cut.subarray(0, 300)) socket.write(Buffer.of(byte));
    socket.write(isInPieces ? cut.subarray(300) : cut, () => {
      if (leaves === 'reset') socket.resetAndDestroy();
      else if (leaves === 'gone') done();
      else socket.end();
    });
  });
}

/** What Node or the admin door has answered needs no request id; a fault of the emulator is one at every door. */
function problemOf(reply: WireResponse): string | undefined {
  const isService = ['x-mns-request-id', 'x-acs-request-id'].some((name) => headerOf(reply, name) !== undefined);
  if (isService) {
    const isHead = reply.body.length === 0;
    return isHead ? undefined : judgeReply(reply).problem;
  }
  const isKnown = reply.status >= 200 && reply.status < 500;
  return isKnown || reply.status === 501 || reply.status === 503 || reply.status === 505
    ? undefined
    : `${reply.status} ${Buffer.from(reply.body).toString().slice(0, 300)}`;
}
