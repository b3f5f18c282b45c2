import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { drive, type Step } from '../load/drive.js';
import { mns } from '../protocols/mns.js';
import { accepted } from '../protocols/protocol.js';
import { nextMessage, startChild, stopChild } from '../servers/child.js';

/** What a backlog costs. */
export interface BacklogSamples {
  readonly stored: number;
  /** Memory beyond the body. */
  readonly modelBytesPerMessage: number;
  readonly emulatorBytesPerMessage: number;
  /** Of one send, receive and delete, in each round. */
  readonly modelMicroseconds: readonly number[];
  readonly httpMicroseconds: readonly number[];
}

interface Stored {
  readonly child: ChildProcess;
  readonly bytesPerMessage: number;
  readonly port: number;
}

const PROGRAM = fileURLToPath(new URL('../../dist/servers/stored-main.js', import.meta.url));

/** Measures small and large backlogs in turns; each is in a process of its own, so that each pays for its own memory. */
export async function measureBacklogs(
  counts: readonly number[],
  rounds: number,
  roundMs: number,
): Promise<readonly BacklogSamples[]> {
  const models = await fillAll('model', counts);
  const modelRounds: number[][] = counts.map(() => []);
  for (let round = -1; round < rounds; round += 1) {
    for (const [index, { child }] of models.entries()) {
      child.send(roundMs);
      const microseconds = await nextMessage(child);
      if (round >= 0) modelRounds[index]?.push(Number(microseconds));
    }
  }
  await Promise.all(models.map(({ child }) => stopChild(child)));

  const servers = await fillAll('emulator', counts);
  const httpRounds: number[][] = counts.map(() => []);
  for (let round = -1; round < rounds; round += 1) {
    for (const [index, { port }] of servers.entries()) {
      const perSecond = await drive(port, 1, roundMs, cycle());
      if (round >= 0) httpRounds[index]?.push(1e6 / perSecond);
    }
  }
  await Promise.all(servers.map(({ child }) => stopChild(child)));

  return counts.map((stored, index) => ({
    stored,
    modelBytesPerMessage: models[index]?.bytesPerMessage ?? Number.NaN,
    emulatorBytesPerMessage: servers[index]?.bytesPerMessage ?? Number.NaN,
    modelMicroseconds: modelRounds[index] ?? [],
    httpMicroseconds: httpRounds[index] ?? [],
  }));
}

function cycle(): Step {
  const queue = mns.queue('stored');
  return async (connection) => {
    accepted(await connection.request(queue.send));
    const [handle = ''] = queue.handlesIn(await connection.request(queue.receive));
    accepted(await connection.request(queue.delete(handle)));
    return 1;
  };
}

async function fillAll(kind: 'model' | 'emulator', counts: readonly number[]): Promise<readonly Stored[]> {
  const filled: Stored[] = [];
  for (const count of counts) {
    const child = startChild(process.execPath, [
      '--expose-gc',
      '--max-old-space-size=4096',
      PROGRAM,
      kind,
      String(count),
    ]);
    const message = await nextMessage(child);
    if (!isFilled(message)) throw new Error('a filled server told something else');
    filled.push({ child, ...message });
  }
  return filled;
}

function isFilled(message: unknown): message is Omit<Stored, 'child'> {
  return typeof message === 'object' && message !== null && 'bytesPerMessage' in message && 'port' in message;
}
