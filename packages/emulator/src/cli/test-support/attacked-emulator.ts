import { execFile } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { promisify } from 'node:util';
import { SystemClock, sleep } from '@mnsbus/core';
import { signedRequest } from '../../mns/test-support/mns-fixture.js';
import { ready, type Started, type Surroundings } from './binary.js';

const clock = new SystemClock();

/** The Node that runs the emulator: the gate tries several. */
const NODE = process.env['MNSBUS_EMULATOR_NODE'] ?? process.execPath;

/** A reply, as text. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** The real command, and what an attack on it looks at. */
export class AttackedEmulator {
  readonly port: number;
  /** Whom to trust; absent without TLS. */
  readonly ca: string | undefined;
  readonly #started: Started;
  readonly #info: Readonly<Record<string, string>>;
  #exit: number | null | undefined;

  private constructor(started: Started, info: Readonly<Record<string, string>>) {
    this.#started = started;
    this.#info = info;
    this.port = Number(new URL(info['endpoint'] ?? '').port);
    const { caFile } = info;
    this.ca = caFile === undefined ? undefined : readFileSync(caFile, 'utf8');
    void started.ended.then((code) => (this.#exit = code));
  }

  /** Starts one, with flags of its own. */
  static async start(args: readonly string[], surroundings: Surroundings = {}): Promise<AttackedEmulator> {
    const { started, info } = await ready(args, { node: NODE, ...surroundings });
    return new AttackedEmulator(started, info);
  }

  /** The text of a signed request. */
  signed(method: string, target: string, body = ''): string {
    const { accountId = '', accessKeyId = '', accessKeySecret = '' } = this.#info;
    const key = { accountId, accessKeyId, accessKeySecret };
    const { headers } = signedRequest(clock.now(), method, target, body, { host: `127.0.0.1:${this.port}`, key });
    const lines = [...headers, ['Content-Length', String(Buffer.byteLength(body))] as const];
    return `${method} ${target} HTTP/1.1\r\n${lines.map((line) => `${line.join(': ')}\r\n`).join('')}\r\n${body}`;
  }

  /** Sends a signed request over a connection of its own. */
  call(method: string, target: string, body = ''): Promise<Answer> {
    const [head = ''] = this.signed(method, target, body).split('\r\n\r\n', 1);
    const [, ...lines] = head.split('\r\n');
    const headers = lines.flatMap((line) => line.split(/: (.*)/s).slice(0, 2));
    return this.#call(method, target, headers, body);
  }

  /** Calls the admin API. */
  admin(method: string, path: string, body?: object): Promise<Answer> {
    const headers = ['Host', '127.0.0.1', 'Content-Type', 'application/json'];
    const text = body === undefined ? '' : JSON.stringify(body);
    return this.#call(method, `/_emulator${path}`, [...headers, 'Content-Length', String(text.length)], text);
  }

  /** Both doors answer, the process lives, and it has warned of nothing. Throws otherwise. */
  async lives(): Promise<void> {
    this.assertRunning();
    const calls = [this.admin('GET', '/health'), this.call('GET', '/queues')];
    const answers = await Promise.all(calls).catch(async (error: unknown) => {
      // A process that has just ended breaks a connection before it is known to have ended.
      await Promise.race([this.#started.ended, sleep(clock, 1000)]);
      this.assertRunning();
      throw error;
    });
    for (const { status, text } of answers) if (status !== 200) throw new Error(`answered ${status} ${text}`);
    if (this.complaints.length > 0) throw new Error(`it says: ${this.complaints.join('\n')}`);
  }

  /** What it says beside hints, and where its certificate is. */
  get complaints(): readonly string[] {
    return this.#started.errors.filter((line) => !line.startsWith('{'));
  }

  assertRunning(): void {
    if (this.#exit !== undefined) {
      throw new Error(`the process has ended with ${this.#exit}: ${this.#started.errors.join('\n')}`);
    }
  }

  /** What the descriptors of the process are, by number; nothing where the system does not tell. */
  descriptors(): ReadonlyMap<string, string> {
    const folder = `/proc/${this.#started.child.pid}/fd`;
    const open = new Map<string, string>();
    for (const number of existsSync(folder) ? readdirSync(folder) : []) {
      try {
        open.set(number, readlinkSync(`${folder}/${number}`));
      } catch {
        // Closed in between.
      }
    }
    return open;
  }

  /** Waits until no more are open than before, and so many sockets. */
  async descriptorsBackTo(before: ReadonlyMap<string, string>, sockets: number = 0): Promise<void> {
    const isBack = (): boolean => this.descriptors().size <= before.size + sockets;
    await this.until(isBack, () => {
      const more = [...this.descriptors()].filter(([number, target]) => before.get(number) !== target);
      return `expected ${sockets} descriptors more than before, found ${more.map((one) => one.join(' -> ')).join(', ')}`;
    });
  }

  /** From now on it may open descriptors up to this number. */
  async allowDescriptors(count: number): Promise<void> {
    const { pid } = this.#started.child;
    await promisify(execFile)('prlimit', ['--pid', String(pid), `--nofile=${count}:${count}`]);
  }

  /** Waits for a condition; throws what is wrong when it does not come true. */
  async until(holds: () => boolean | Promise<boolean>, wrong: () => string): Promise<void> {
    const deadline = clock.monotonic() + PATIENCE_MS;
    while (!(await holds())) {
      this.assertRunning();
      if (clock.monotonic() > deadline) throw new Error(wrong());
      await sleep(clock, 5);
    }
  }

  /** Tells it to end, and kills it when it does not; resolves with its exit code, and after how many milliseconds that came. */
  async end(patienceMs: number = PATIENCE_MS): Promise<{ readonly code: number | null; readonly tookMs: number }> {
    const fromMs = clock.monotonic();
    this.#started.child.kill('SIGTERM');
    const late = clock.after(patienceMs, () => void this.#started.child.kill('SIGKILL'));
    const code = await this.#started.ended;
    late.cancel();
    return { code, tookMs: clock.monotonic() - fromMs };
  }

  #call(method: string, path: string, headers: readonly string[], body: string): Promise<Answer> {
    const { port, ca } = this;
    return new Promise((resolve, reject) => {
      const options = {
        host: '127.0.0.1',
        port,
        method,
        path,
        headers: [...headers, 'Connection', 'close'],
        agent: false,
      } as const;
      const sent = (ca === undefined ? httpRequest(options) : httpsRequest({ ...options, ca })).on(
        'response',
        (reply) => {
          let text = '';
          reply.setEncoding('utf8').on('data', (part: string) => (text += part));
          reply.on('end', () => resolve({ status: reply.statusCode ?? 0, text }));
          reply.on('error', reject);
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  }
}

/** How long what should happen at once is waited for, on a machine that has much else to do. */
const PATIENCE_MS = 20_000;
