// Every benchmark against real servers, as small as can be: what they tell is looked at, how fast they are is not.
import { createServer, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
// The build, as everything here measures it.
import { createEmulator } from '../../../packages/emulator/dist/emulator.js';
import { listen } from '../../../packages/emulator/dist/mounts/http.js';
import { Crowd } from '../load/crowd.js';
import { ConnectionLost, HttpConnection } from '../load/http-connection.js';
import { drive } from '../load/drive.js';
import { mns, mnsWithoutBatches } from '../protocols/mns.js';
import { accepted } from '../protocols/protocol.js';
import { stopAllChildren } from '../servers/child.js';
import { createProtocolFloor } from '../servers/protocol-floor.js';
import { OURS, type Contender } from '../servers/contender.js';
import { measureBacklogs } from './backlog.js';
import { measureLaunches } from './launch.js';
import { measureThroughput } from './throughput.js';
import { measureWakeUps } from './wake-up.js';

const endings: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  await Promise.all(endings.splice(0).map((end) => end()));
  await stopAllChildren();
});

async function emulator(): Promise<Contender> {
  const server = await listen(createEmulator({ seed: 'bench' }));
  endings.push(() => server.close());
  return { name: 'emulator', port: server.port, protocol: mns, pid: process.pid };
}

const protocolFloor = (): Promise<Contender> => served('floor', createProtocolFloor());

/** A server that resets every second connection in the middle of a request. */
function resetting(name: string): Promise<Contender> {
  let requests = 0;
  const server = createServer(({ socket }, response) => {
    requests += 1;
    if (requests % 2 === 0) socket.resetAndDestroy();
    else response.writeHead(204).end();
  });
  return served(name, server);
}

async function served(name: string, server: Server): Promise<Contender> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endings.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('a server without a port');
  return { name, port: address.port, protocol: mnsWithoutBatches, pid: process.pid };
}

describe.each([
  ['the emulator', emulator],
  ['the protocol floor', protocolFloor],
])('the protocol, spoken with %s', (_, start) => {
  it('sends, receives and deletes one message, and finds nothing more', async () => {
    const { port, protocol } = await start();
    const connection = await HttpConnection.open(port);
    const queue = protocol.queue('q');
    accepted(await connection.request(queue.create));
    accepted(await connection.request(queue.send));
    const reply = await connection.request(queue.receive);
    expect(reply.body.toString()).toContain(`<MessageBody>${'x'.repeat(100)}</MessageBody>`);
    const handles = queue.handlesIn(reply);
    expect(handles).toHaveLength(1);
    const [handle = ''] = handles;
    expect((await connection.request(queue.delete(handle))).status).toBe(204);
    expect(queue.handlesIn(await connection.request(queue.receive))).toEqual([]);
    connection.close();
  });

  it('refuses what was signed for something else', async () => {
    const { port, protocol } = await start();
    const connection = await HttpConnection.open(port);
    const other = Buffer.from(protocol.queue('q').send.toString().replace('/queues/q/', '/queues/p/'));
    const reply = await connection.request(other);
    expect(reply.status).toBe(403);
    expect(() => accepted(reply)).toThrow('refused with 403');
    connection.close();
  });
});

it('has replies of the same length from the protocol floor and the emulator', async () => {
  const lengths = await Promise.all(
    [emulator, protocolFloor].map(async (start) => {
      const { port, protocol } = await start();
      const connection = await HttpConnection.open(port);
      const queue = protocol.queue('q');
      accepted(await connection.request(queue.create));
      const sent = await connection.request(queue.send);
      const received = await connection.request(queue.receive);
      connection.close();
      return [sent.body.length, received.body.length];
    }),
  );
  expect(lengths[1]).toEqual(lengths[0]);
});

describe('drive', () => {
  it('counts what its steps move, on as many connections as asked, and stops those that find nothing', async () => {
    const { port } = await emulator();
    const seen = new Set<HttpConnection>();
    const rate = await drive(port, 3, 60_000, (connection) => {
      const isFirst = !seen.has(connection);
      seen.add(connection);
      return Promise.resolve(isFirst ? 5 : 0);
    });
    expect(seen.size).toBe(3);
    expect(rate).toBeGreaterThan(0);
  });

  it('passes on what a step throws', async () => {
    const { port } = await emulator();
    await expect(drive(port, 2, 60_000, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  });
});

describe('the benchmarks', () => {
  it('measure every workload of every server in every round but the first, which warms up', async () => {
    const samples = await measureThroughput([await emulator(), await protocolFloor()], { rounds: 2, durationMs: 3 });
    const keys = samples.map(({ contender, workload, connections, round }) =>
      [contender, workload, connections, round].join(' '),
    );
    const pairs = ['emulator send', 'emulator receive + delete', 'floor send', 'floor receive + delete'];
    const batches = ['emulator send 16', 'emulator receive + delete 16'];
    const expected = [...pairs, ...batches].flatMap((pair) =>
      ['1 0', '1 1', '16 0', '16 1'].map((at) => `${pair} ${at}`),
    );
    expect(keys.toSorted()).toEqual(expected.toSorted());
    for (const { messagesPerSecond } of samples) expect(messagesPerSecond).toBeGreaterThan(0);
  });

  it('leave another server out of a round in which it hangs up, and say which and how', async () => {
    const told: string[] = [];
    const contenders = [await resetting('a peer'), await protocolFloor()];
    const samples = await measureThroughput(contenders, { rounds: 1, durationMs: 3 }, (line) => told.push(line));
    expect(new Set(samples.map(({ contender }) => contender))).toEqual(new Set(['floor']));
    expect(told).toHaveLength(4);
    for (const line of told) expect(line).toMatch(/a peer, \d+ connections, round -?\d: .*(ECONNRESET|closed)/);
  });

  it('fail when ours hangs up', async () => {
    const running = measureThroughput([await resetting(OURS)], { rounds: 1, durationMs: 3 });
    await expect(running).rejects.toMatchObject({
      message: expect.stringMatching(/mnsbus emulator, 1 connections.* hung up .* after its last answer/),
      cause: expect.any(ConnectionLost),
    });
  });

  it('gather a crowd of long polls, wake one or all of them, and lose none', async () => {
    const { port } = await emulator();
    const crowd = await Crowd.gather(port, 'crowd', 5);
    for (const _ of [1, 2]) {
      await crowd.wait();
      expect(await crowd.wakeOneByOne(7)).toHaveLength(7);
      expect(await crowd.wakeAll()).toHaveLength(5);
      await crowd.empty();
    }
    expect(await crowd.askAll()).toHaveLength(5);
    crowd.leave();
  });

  it('measure as many wake-ups as asked', async () => {
    const latencies = await measureWakeUps(await emulator(), 3);
    expect(latencies).toHaveLength(3);
    for (const latency of latencies) expect(latency).toBeGreaterThan(0);
  });

  it('measure launches of the command line', { timeout: 60_000 }, async () => {
    const [duration] = await measureLaunches(1);
    expect(duration).toBeGreaterThan(0);
  });

  it('measure backlogs, of the model and of a server', { timeout: 60_000 }, async () => {
    const samples = await measureBacklogs([3, 40], 2, 5);
    expect(samples.map(({ stored }) => stored)).toEqual([3, 40]);
    for (const { modelMicroseconds, httpMicroseconds, modelBytesPerMessage, emulatorBytesPerMessage } of samples) {
      expect([modelMicroseconds.length, httpMicroseconds.length]).toEqual([2, 2]);
      for (const duration of [...modelMicroseconds, ...httpMicroseconds]) expect(duration).toBeGreaterThan(0);
      for (const bytes of [modelBytesPerMessage, emulatorBytesPerMessage]) expect(Number.isFinite(bytes)).toBe(true);
    }
  });
});
