import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { SeededRandom, SystemClock, freshSeed, sleep } from '@mnsbus/core';
import { expect, it, onTestFinished } from 'vitest';
import { alicloudClient, field, type SdkClient, type SdkReply } from './mns/test-support/alicloud-client.js';

// The real program, killed again and again while the real client works with it.
const MAIN = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const KILLS = 50;
const WORKERS = 8;
const VISIBILITY_SECONDS = 6;

interface Life {
  readonly child: ChildProcess;
  /** The client of the emulator that has become ready; `undefined` when it ended before. */
  readonly ready: Promise<SdkClient | undefined>;
  readonly ended: Promise<void>;
}

function begin(dataDir: string): Life {
  const child = spawn(process.execPath, [MAIN, 'start', '--port', '0', '--json', '--data-dir', dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const ready = new Promise<SdkClient>((resolve) => {
    createInterface({ input: child.stdout }).once('line', (line) => {
      const { endpoint, accountId, accessKeyId, accessKeySecret } = JSON.parse(line);
      resolve(alicloudClient(accountId, { endpoint, accessKeyId, accessKeySecret }));
    });
  });
  return { child, ended, ready: Promise.race([ready, ended.then(() => undefined)]) };
}

interface HeldMessage {
  readonly id: string;
  readonly handle: string;
}

/** What clients were told, and what they do not know. */
class Ledger {
  readonly tried = new Set<string>();
  readonly sent = new Set<string>();
  /** Sends whose answer was lost. */
  readonly perhapsSent = new Set<string>();
  /** When each delete was acknowledged, by the number of the answer. */
  readonly deleted = new Map<string, number>();
  /** Deletes whose answer was lost. */
  readonly perhapsDeleted = new Set<string>();
  readonly drained = new Set<string>();
  readonly cameBack = new Set<string>();
  readonly invented = new Set<string>();
  held: HeldMessage[] = [];
  /** Deletes with a handle that an emulator had given out which was killed since. */
  oldHandles = 0;
  answers = 0;

  newMessage(): string {
    const id = `m${this.tried.size + 1}`;
    this.tried.add(id);
    return id;
  }

  /** What a call was answered with; `undefined` when nobody knows whether it was carried out. */
  async answer(call: Promise<SdkReply>): Promise<Pick<SdkReply, 'code' | 'body'> | undefined> {
    try {
      const { code, body } = await call;
      this.answers += 1;
      return { code, body };
    } catch (error) {
      if (!(error instanceof Error) || !/^MNS\w+Error$/.test(error.name)) return undefined;
      this.answers += 1;
      return { code: 400, body: undefined };
    }
  }

  async send(ids: readonly string[], call: Promise<SdkReply>): Promise<void> {
    const answer = await this.answer(call);
    for (const id of ids) (answer === undefined ? this.perhapsSent : this.sent).add(id);
  }

  async receive(client: SdkClient, waitSeconds: number): Promise<readonly HeldMessage[]> {
    const begun = this.answers;
    const body = (await this.answer(client.batchReceiveMessage('q', 16, waitSeconds)))?.body;
    const messages = Array.isArray(body) ? body : [];
    return messages.map((message) => {
      const id = String(field(message, 'MessageBody'));
      const deletedAt = this.deleted.get(id);
      if (deletedAt !== undefined && deletedAt <= begun) this.cameBack.add(id);
      if (!this.tried.has(id)) this.invented.add(id);
      return { id, handle: String(field(message, 'ReceiptHandle')) };
    });
  }

  /** Deletes messages, and gives those that were. */
  async delete(client: SdkClient, messages: readonly HeldMessage[]): Promise<readonly HeldMessage[]> {
    if (messages.length === 0) return [];
    const handles = messages.map(({ handle }) => handle);
    const answer = await this.answer(client.batchDeleteMessage('q', handles));
    // The client takes it for a success when some handles were refused: they had ended.
    const errors = [answer?.body ?? []].flat();
    const refused = new Set(errors.map((error) => field(error, 'ReceiptHandle')));
    const gone = messages.filter(({ handle }) => !refused.has(handle));
    if (answer !== undefined && answer.code >= 300 && gone.length === messages.length) return [];
    for (const { id } of gone) {
      if (answer === undefined) this.perhapsDeleted.add(id);
      else this.deleted.set(id, this.answers);
    }
    return answer === undefined ? [] : gone;
  }
}

it(
  'loses nothing that it has acknowledged, and brings back nothing deleted, killed fifty times under load',
  { timeout: 240_000 },
  async () => {
    const random = new SeededRandom(freshSeed());
    const clock = new SystemClock();
    const dataDir = await mkdtemp(join(tmpdir(), 'mnsbus-killed-'));
    onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
    const ledger = new Ledger();

    const first = begin(dataDir);
    const setUp = await first.ready;
    if (setUp === undefined) throw new Error('the emulator did not start');
    await setUp.createQueue('q', { VisibilityTimeout: VISIBILITY_SECONDS });
    await setUp.createTopic('t');
    const endpoint = 'acs:mns:cn-beijing:1000000000000001:queues/q';
    await setUp.put(
      '/topics/t/subscriptions/s',
      'Subscription',
      `<Subscription><Endpoint>${endpoint}</Endpoint><NotifyContentFormat>SIMPLIFIED</NotifyContentFormat></Subscription>`,
    );
    first.child.kill('SIGKILL');
    await first.ended;

    const work = async (client: SdkClient, goesOn: () => boolean, old: ReadonlySet<string>): Promise<void> => {
      while (goesOn()) {
        const turn = random.integer(1, 10);
        if (turn <= 3) {
          const id = ledger.newMessage();
          await ledger.send([id], client.sendMessage('q', { MessageBody: id }));
        } else if (turn === 4) {
          const ids = [1, 2, 3].map(() => ledger.newMessage());
          await ledger.send(
            ids,
            client.batchSendMessage(
              'q',
              ids.map((id) => ({ MessageBody: id })),
            ),
          );
        } else if (turn === 5) {
          const id = ledger.newMessage();
          await ledger.send([id], client.publishMessage('t', { MessageBody: id }));
        } else if (turn <= 7) {
          ledger.held.push(...(await ledger.receive(client, 0)));
        } else {
          const some = ledger.held.splice(0, random.integer(1, 4));
          const gone = await ledger.delete(client, some);
          ledger.oldHandles += gone.filter(({ handle }) => old.has(handle)).length;
        }
      }
    };

    let inStart = 0;
    for (let kills = 0; kills < KILLS; kills += 1) {
      const { child, ready, ended } = begin(dataDir);
      const old = new Set(ledger.held.map(({ handle }) => handle));
      // Some die before they listen: in the middle of reading, or of writing what has expired.
      const early = random.integer(1, 8) === 1;
      if (early) void sleep(clock, random.integer(1, 400)).then(() => child.kill('SIGKILL'));
      const client = await ready;
      if (client === undefined) inStart += 1;
      else {
        const until = ledger.answers + random.integer(0, 60);
        let alive = true;
        void ended.then(() => (alive = false));
        await Promise.all(
          Array.from({ length: WORKERS }, () =>
            work(
              client,
              () => {
                if (ledger.answers >= until) child.kill('SIGKILL');
                return alive && ledger.answers < until;
              },
              old,
            ),
          ),
        );
        child.kill('SIGKILL');
      }
      await ended;
    }

    const deletedUnderLoad = ledger.deleted.size;

    // One that lives shows what is left; what was received last becomes visible again.
    const last = begin(dataDir);
    const client = await last.ready;
    if (client === undefined) throw new Error('the emulator did not start again');
    for (;;) {
      const messages = await ledger.receive(client, VISIBILITY_SECONDS + 1);
      if (messages.length === 0) break;
      for (const { id } of messages) ledger.drained.add(id);
      expect(await ledger.delete(client, messages)).toEqual(messages);
    }
    const { body } = await client.getQueueAttributes('q');
    expect([field(body, 'ActiveMessages'), field(body, 'InactiveMessages')]).toEqual(['0', '0']);

    const { sent, deleted, perhapsSent, perhapsDeleted, drained, cameBack, invented, answers, oldHandles } = ledger;
    const lost = [...sent].filter((id) => !deleted.has(id) && !perhapsDeleted.has(id) && !drained.has(id));
    process.stdout.write(
      `killed ${KILLS} times, ${inStart} of them before it listened: ${answers} answers, ${sent.size} messages acknowledged, ` +
        `${deletedUnderLoad} deleted (${oldHandles} with a handle from before a kill), ${drained.size} found at the end; ` +
        `unknown: ${perhapsSent.size} sends, ${perhapsDeleted.size} deletes; ` +
        `${lost.length} lost, ${cameBack.size} came back (seed ${random.seed})\n`,
    );
    expect({ lost, cameBack: [...cameBack], invented: [...invented] }).toEqual({
      lost: [],
      cameBack: [],
      invented: [],
    });
    expect(sent.size).toBeGreaterThan(KILLS);
    expect(oldHandles).toBeGreaterThan(0);
  },
);
