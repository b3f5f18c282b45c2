import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { patchedBuild } from '../../../../simulation/src/defects/patched-build.js';
import { PUSH_TIMEOUT_MS } from '../mns/push/pushes.js';
import { CLOSE_GRACE_MS } from '../mounts/http.js';
import { AttackedEmulator } from './test-support/attacked-emulator.js';
import { killStarted, type Surroundings } from './test-support/binary.js';
import { CONNECTION_STATES, furnish, type ConnectionState } from './test-support/connection-states.js';
import { ACTS, HostileSocket, type Act } from './test-support/hostile-socket.js';

// Whatever a client does, and wherever its connection stands: the real command lives, answers everybody else, keeps no
// descriptor, and ends when it is told to.

/** What the process may take to end, beside the time that replies and pushes are given. */
const END_MS = 2000;

/** A web server that never answers: a push to it is under way until it times out. */
const silent = createServer(() => {});
let certificates = '';

beforeAll(async () => {
  certificates = await mkdtemp(join(tmpdir(), 'mnsbus-hostile-'));
  await once(silent.listen(0, '127.0.0.1'), 'listening');
});
afterEach(() => {
  // Of a test that has failed.
  for (const socket of sockets.splice(0)) socket.leave();
});
afterAll(async () => {
  killStarted();
  silent.closeAllConnections();
  silent.close();
  await rm(certificates, { recursive: true, force: true });
});

const sockets: HostileSocket[] = [];

async function start(flags: readonly string[], surroundings: Surroundings = {}): Promise<AttackedEmulator> {
  const emulator = await AttackedEmulator.start(flags, surroundings);
  await furnish(emulator);
  return emulator;
}

async function reach(state: ConnectionState, emulator: AttackedEmulator): Promise<HostileSocket> {
  const socket = await state.reach(emulator);
  sockets.push(socket);
  return socket;
}

/** What else the emulator does meanwhile. */
const CIRCUMSTANCES: Readonly<Record<string, (emulator: AttackedEmulator) => Promise<void>>> = {
  'that is idle': async () => {},
  'with a long poll waiting': async (emulator) => {
    // Its time does not pass, and neither does that of the next one.
    await emulator.admin('PUT', '/clock', { mode: 'frozen' });
    await emulator.call('PUT', '/queues/quiet');
    void emulator.call('GET', '/queues/quiet/messages?waitseconds=30').catch(() => {});
    const waits = async (): Promise<boolean> =>
      (await emulator.admin('GET', '/inspect')).text.includes('"waitingReceives":1');
    await emulator.until(waits, () => 'nobody waits');
  },
  'with a push under way': async (emulator) => {
    await push(emulator);
    // Its time does not run out.
    await emulator.admin('PUT', '/clock', { mode: 'frozen' });
  },
};

async function push(emulator: AttackedEmulator): Promise<void> {
  const address = silent.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/`;
  await emulator.call('PUT', '/topics/t');
  await emulator.call('PUT', '/topics/t/subscriptions/s', `<Subscription><Endpoint>${url}</Endpoint></Subscription>`);
  const arrived = once(silent, 'request');
  await emulator.call('POST', '/topics/t/messages', '<Message><MessageBody>news</MessageBody></Message>');
  await arrived;
}

/** Has a client in one state do everything; throws when the emulator does not withstand it. */
async function withstand(emulator: AttackedEmulator, state: ConnectionState): Promise<void> {
  await emulator.lives();
  const before = emulator.descriptors();
  const attacks = await Promise.all(ACTS.map(async (act) => ({ act, socket: await reach(state, emulator) })));
  for (const { act, socket } of attacks) socket.act(act);
  await emulator.lives();
  const { outlives = ['silence'] } = state;
  const held = attacks.filter(({ act }) => outlives.includes(act));
  await emulator.descriptorsBackTo(before, held.length);
  for (const { socket } of attacks) socket.leave();
  await emulator.descriptorsBackTo(before);
  await emulator.lives();
}

describe.each([
  ['http', () => []],
  ['https', () => ['--tls', '--tls-dir', certificates]],
] satisfies [string, () => readonly string[]][])('Over %s', (_, flags) => {
  describe.each(Object.keys(CIRCUMSTANCES))('an emulator %s', (circumstance) => {
    let emulator: AttackedEmulator;
    beforeAll(async () => {
      emulator = await start(flags());
      await CIRCUMSTANCES[circumstance]?.(emulator);
    });
    afterAll(async () => {
      await emulator.end();
    });

    it.each(CONNECTION_STATES)('withstands a client that goes, or does not: $name', async (state) => {
      await expect(withstand(emulator, state)).resolves.toBeUndefined();
    });
  });

  describe('an emulator that is told to end', () => {
    it.each([
      ...ACTS.map((act): [Act, string] => [act, 'that is idle']),
      ['silence', 'with a push under way'],
    ] satisfies [Act, string][])(
      'does so, with 0, after the %s of clients in every state, %s',
      async (act, circumstance) => {
        const emulator = await start(flags());
        if (circumstance === 'with a push under way') await push(emulator);
        else await CIRCUMSTANCES[circumstance]?.(emulator);
        const attackers = await Promise.all(CONNECTION_STATES.map((state) => reach(state, emulator)));
        await emulator.lives();
        const ended = emulator.end();
        for (const socket of attackers) socket.act(act);
        const { code, tookMs } = await ended;
        const graceMs = CLOSE_GRACE_MS + (circumstance === 'with a push under way' ? PUSH_TIMEOUT_MS : 0);
        expect({ code, complaints: emulator.complaints, isSoon: tookMs <= END_MS + graceMs || tookMs }).toEqual({
          code: 0,
          complaints: [],
          isSoon: true,
        });
      },
    );
  });
});

describe('An emulator that may open no more files', () => {
  it('goes on with those that it has, and with all when it may again', async () => {
    const emulator = await start([]);
    await emulator.lives();
    const before = emulator.descriptors();
    await emulator.allowDescriptors(before.size + 8);
    const crowd = await Promise.all(Array.from({ length: 100 }, () => HostileSocket.bare(emulator.port)));
    sockets.push(...crowd);
    for (const socket of crowd) socket.send('GET /que');
    await emulator.until(
      () => emulator.descriptors().size >= before.size + 7,
      () => 'it takes no connections',
    );
    for (const socket of crowd) socket.leave();
    await emulator.descriptorsBackTo(before);
    await emulator.lives();
    expect((await emulator.end()).code).toBe(0);
  });
});

describe('The suite', () => {
  const stateCalled = (name: string): ConnectionState => {
    const found = CONNECTION_STATES.find((state) => state.name === name);
    if (found === undefined) throw new Error(`no state ${name}`);
    return found;
  };

  it('finds a refused CONNECT that nobody owns: it ends the process', async () => {
    const folder = patchedBuild('emulator', 'CONNECT without an owner', [
      {
        file: 'mounts/connections.js',
        find: '            refuseTunnel(socket);\n',
        replace: '            socket.end(NO_TUNNEL);\n',
      },
      { file: 'mounts/connections.js', find: "    socket.on('error', goneBySomeError);\n", replace: '' },
    ]);
    const emulator = await start([], { main: `${folder}dist/cli/main.js` });
    await expect(withstand(emulator, stateCalled('a CONNECT that was not read'))).rejects.toThrow(
      /the process has ended with 1/,
    );
  });

  it('finds connections that the server does not end: the process goes on', async () => {
    const folder = patchedBuild('emulator', 'connections that Node does not know', [
      { file: 'mounts/http.js', find: 'connections.destroyAll();', replace: 'server.closeAllConnections();' },
      {
        file: 'mounts/connections.js',
        find: '            refuseTunnel(socket);\n',
        replace: '            socket.end(NO_TUNNEL);\n',
      },
    ]);
    const emulator = await start([], { main: `${folder}dist/cli/main.js` });
    await reach(stateCalled('a CONNECT that was refused'), emulator);
    const { code } = await emulator.end(END_MS + CLOSE_GRACE_MS);
    expect(code).toBe(null);
  });
});
