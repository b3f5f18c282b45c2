import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { alicloudClient, type SdkClient } from '../mns/test-support/alicloud-client.js';

// How the real program, as it is built and shipped, stops while something is under way.
const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

interface Running {
  readonly endpoint: string;
  readonly client: SdkClient;
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly ended: Promise<number | null>;
}

async function start(...args: readonly string[]): Promise<Running> {
  const child = spawn(process.execPath, [MAIN, 'start', '--port', '0', '--json', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const { endpoint, accountId, accessKeyId, accessKeySecret } = JSON.parse(String(line));
  return {
    endpoint,
    client: alicloudClient(accountId, { endpoint, accessKeyId, accessKeySecret }),
    kill: (signal) => void child.kill(signal),
    ended,
  };
}

interface Receiver {
  readonly url: string;
  /** The answer that the next push waits for. */
  next(): Promise<ServerResponse>;
  readonly pushes: number;
}

async function receiver(): Promise<Receiver> {
  const waiting: ServerResponse[] = [];
  const arrivals: ((response: ServerResponse) => void)[] = [];
  let pushes = 0;
  const server = createServer((_: IncomingMessage, response) => {
    pushes += 1;
    const arrival = arrivals.shift();
    if (arrival === undefined) waiting.push(response);
    else arrival(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/push`,
    get pushes() {
      return pushes;
    },
    next: () => {
      const response = waiting.shift();
      return response === undefined ? new Promise((resolve) => arrivals.push(resolve)) : Promise.resolve(response);
    },
  };
}

async function publish(client: SdkClient, url: string): Promise<void> {
  await client.createTopic('t');
  await client.put(
    '/topics/t/subscriptions/s',
    'Subscription',
    `<Subscription><Endpoint>${url}</Endpoint></Subscription>`,
  );
  await client.publishMessage('t', { MessageBody: 'news' });
}

describe('a first signal', { timeout: 30_000 }, () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    '%s answers long polls, lets a push finish, and ends with 0',
    async (signal) => {
      const web = await receiver();
      const { client, kill, ended } = await start();
      await publish(client, web.url);
      const push = await web.next();
      await client.createQueue('q');
      const poll = client.receiveMessage('q', 30).then(
        () => 'a message',
        (error: Error) => error.name,
      );
      await client.getQueueAttributes('q');
      kill(signal);
      push.writeHead(204).end();
      await once(push, 'close');
      expect(await ended).toBe(0);
      expect(await poll).toBe('MNSMessageNotExistError');
      expect(push.writableFinished).toBe(true);
    },
  );

  it('ends with 0 although a push has no answer, and the clock of the emulator stands still', async () => {
    const web = await receiver();
    const { endpoint, client, kill, ended } = await start();
    await publish(client, web.url);
    await web.next();
    const frozen = await fetch(`${endpoint}/_emulator/clock`, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ mode: 'frozen' }),
    });
    expect(frozen.status).toBe(200);
    kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  it('keeps a push that is under way in the data directory, and makes it when started again', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'mnsbus-stop-'));
    onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
    const web = await receiver();
    const first = await start('--data-dir', dataDir);
    await publish(first.client, web.url);
    await web.next();
    first.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    const second = await start('--data-dir', dataDir);
    const again = await web.next();
    again.writeHead(204).end();
    await once(again, 'close');
    second.kill('SIGTERM');
    expect(await second.ended).toBe(0);
    expect(web.pushes).toBe(2);
  });
});

describe('a second signal', { timeout: 30_000 }, () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s ends at once, with %d', async (signal, code) => {
    const web = await receiver();
    const { client, kill, ended } = await start();
    await publish(client, web.url);
    // A push that nobody answers keeps the program for five seconds.
    await web.next();
    // Signals of one kind that come together may become one.
    const nagging = (async () => {
      for (let alive = true; alive;) {
        kill(signal);
        alive = await Promise.race([
          ended.then(() => false),
          client.listQueue().then(
            () => true,
            () => true,
          ),
        ]);
      }
    })();
    expect(await ended).toBe(code);
    await nagging;
  });
});
