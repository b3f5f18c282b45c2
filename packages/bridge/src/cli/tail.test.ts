import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { SystemClock, VirtualClock, decodeEvents, md5Hex } from '@mnsbus/core';
import { createEmulator, listen, type Emulator } from '@mnsbus/emulator';
import { fc, it as prop } from '@fast-check/vitest';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { jsonNotification } from '../../../core/src/test-support/notification-texts.js';
import { callerOf, transportOf, type Mounted } from '../test-support/mounts.js';
import { CONVERTED } from '../test-support/room.js';
import { countMessages, createQueue, eventText, send } from '../test-support/resources.js';
import { jsonLine, textLine, type TailEntry } from './event-line.js';
import { entriesOf, peekAll } from './peek-source.js';

// The real program, as it is built and shipped.
const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

const running = new Set<ChildProcess>();
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
});

interface Place {
  readonly emulator: Emulator;
  readonly mns: Mounted['mns'];
  readonly env: NodeJS.ProcessEnv;
  readonly queueNames: () => Promise<string>;
}

async function place(): Promise<Place> {
  const emulator = createEmulator({ clock: new SystemClock(), seed: 'tail' });
  const server = await listen(emulator);
  onTestFinished(() => server.close());
  const { accountId, accessKeyId, accessKeySecret, region } = emulator;
  const transport = transportOf(
    { accountId, accessKeyId, accessKeySecret, endpoint: server.endpoint },
    new SystemClock(),
  );
  onTestFinished(() => transport.close());
  const mns = callerOf(transport);
  const { PATH } = process.env;
  return {
    emulator,
    mns,
    env: {
      PATH,
      ALIBABA_CLOUD_ACCOUNT_ID: accountId,
      ALIBABA_CLOUD_REGION: region,
      ALIBABA_CLOUD_ACCESS_KEY_ID: accessKeyId,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: accessKeySecret,
      MNS_ENDPOINT: server.endpoint,
    },
    queueNames: async () =>
      JSON.stringify((await mns({ method: 'GET', resource: '/queues', rootName: 'Queues' })).body ?? {}),
  };
}

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(env: NodeJS.ProcessEnv, ...args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

function start(
  env: NodeJS.ProcessEnv,
  ...args: readonly string[]
): { child: ChildProcess; line: (pattern: RegExp) => Promise<string>; ended: Promise<number | null> } {
  const child = spawn(process.execPath, [MAIN, 'tail', ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  running.add(child);
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const { stdout } = child;
  if (stdout === null) throw new Error('no stdout');
  createInterface({ input: stdout }).on('line', (line) => {
    lines.push(line);
    for (const wake of waiting) wake();
  });
  const line = async (pattern: RegExp): Promise<string> => {
    for (;;) {
      const found = lines.find((one) => pattern.test(one));
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => waiting.add(resolve));
    }
  };
  return { child, line, ended: new Promise((resolve) => child.once('exit', resolve)) };
}

describe('mnsbus tail', () => {
  it('prints the events of a queue, and leaves every message in it', async () => {
    const { env, mns } = await place();
    await createQueue({ mns }, 'q');
    for (const taskId of ['t1', 't2']) await send({ mns }, eventText(taskId), 'q');
    await send({ mns }, 'no event', 'q');
    const { code, stdout, stderr } = await run(env, 'tail', 'q', '--limit', '3', '--json');
    expect([code, stderr]).toEqual([0, '']);
    const entries: { name?: string; problem?: string; outcome?: { taskId: string; succeeded: boolean } }[] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(entries.flatMap(({ outcome }) => outcome?.taskId ?? []).toSorted()).toEqual(['t1', 't2']);
    expect(entries.find(({ problem }) => problem !== undefined)).toMatchObject({
      messageId: expect.stringMatching(/./),
    });
    expect(await countMessages({ mns }, 'q')).toEqual({ active: 3, inactive: 0 });
  });

  it('goes on until Ctrl-C, without colours where nobody sees them', async () => {
    const { env, mns } = await place();
    await createQueue({ mns }, 'q');
    const { child, line, ended } = start(env, 'q', '--interval', '50');
    await send({ mns }, eventText('t1', { eventTime: '2026-01-01T00:00:00.000Z' }), 'q');
    const first = await line(/t1/);
    expect(first).toMatch(
      /^\d{4}-\d\d-\d\dT[\d:.]+Z {2}FormatConvertJob:JobFinished {2}t1 {2}succeeded {2}\+\d+\.\d s$/,
    );
    expect(stripVTControlCharacters(first)).toBe(first);
    child.kill('SIGINT');
    expect(await ended).toBe(0);
  });

  it('follows a topic through a queue of its own, and removes it', async () => {
    const { env, mns, queueNames } = await place();
    await mns({ method: 'PUT', resource: '/topics/events', body: '<Topic/>' });
    const { child, line, ended } = start(env, 'events', '--topic', '--name', 'FormatConvertJob:*');
    await expect.poll(queueNames).toContain('mnsbus-tail-r-');
    await expect
      .poll(async () =>
        JSON.stringify(
          (await mns({ method: 'GET', resource: '/topics/events/subscriptions', rootName: 'Subscriptions' })).body,
        ),
      )
      .toContain('mnsbus-tail-r-');
    for (const text of [eventText('other', { eventName: 'BrandNew' }), eventText('t1')]) {
      const body = `<Message><MessageBody>${text.replaceAll('"', '&quot;')}</MessageBody></Message>`;
      await mns({ method: 'POST', resource: '/topics/events/messages', body });
    }
    expect(await line(/./)).toContain('t1');
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(await queueNames()).not.toContain('mnsbus-tail-r-');
  });

  it('takes messages out only with --consume, and then no more than it prints', async () => {
    const { env, mns } = await place();
    await createQueue({ mns }, 'q');
    for (let index = 0; index < 5; index += 1) await send({ mns }, eventText(`t${index}`), 'q');
    const { code, stdout } = await run(env, 'tail', 'q', '--consume', '--limit', '2');
    expect(code).toBe(0);
    expect(stdout.trim().split('\n')).toHaveLength(2);
    await expect.poll(async () => Object.values(await countMessages({ mns }, 'q')).reduce((a, b) => a + b)).toBe(3);
  });

  it('ends quietly when nobody reads any more', async () => {
    const { env, mns } = await place();
    await createQueue({ mns }, 'q');
    for (let index = 0; index < 12; index += 1) await send({ mns }, eventText(`t${index}`), 'q');
    const { child, line, ended } = start(env, 'q', '--interval', '50');
    await line(/t0/);
    child.stdout?.destroy();
    const writing = (async () => {
      for (let index = 100; index < 200 && child.exitCode === null; index += 1)
        await send({ mns }, eventText(`t${index}`), 'q');
    })();
    expect(await ended).toBe(0);
    await writing;
  });

  it.each<[string, readonly string[], RegExp]>([
    ['a queue that does not exist', ['tail', 'nowhere'], /QueueNotExist/],
    ['a topic that does not exist', ['tail', 'nowhere', '--topic'], /TopicNotExist/],
    ['a wrong secret', ['tail', 'q', '--access-key-secret', 'wrong-secret'], /SignatureDoesNotMatch/],
    ['a limit that is none', ['tail', 'q', '--limit', '0'], /whole number from 1/],
    ['no name', ['tail'], /queue-or-topic/],
    ['a flag that is none', ['tail', 'q', '--consumes'], /unknown option.*--consumes/s],
  ])('ends with 1 and a reason for %s', async (_, args, reason) => {
    const { env } = await place();
    const { code, stdout, stderr } = await run(env, ...args);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(reason);
    expect(stderr).not.toMatch(/wrong-secret|emuSecret|\n {4}at /);
  });

  it('says which variables it takes when they are missing', async () => {
    const { code, stderr } = await run({ PATH: process.env['PATH'] }, 'tail', 'q');
    expect([code, stderr]).toEqual([1, expect.stringContaining('--account')]);
    const { stdout } = await run({ PATH: process.env['PATH'] }, 'tail', '--help');
    expect(stdout).toContain('ALIBABA_CLOUD_ACCESS_KEY_SECRET');
    expect(stdout).toContain('Exit status');
  });
});

describe('Lines', () => {
  const entry = (changes: Readonly<Record<string, unknown>> = {}): TailEntry => {
    const [event] = decodeEvents(eventText('t1', changes));
    const at = new Date('2026-01-01T00:00:01.500Z');
    return { messageId: 'm', at, event, envelopeProblems: [], problem: undefined };
  };

  it('show how a task ended, in colours where they are seen', () => {
    expect(textLine(entry(), false)).toBe(`2026-01-01T00:00:01.500Z  ${CONVERTED}  t1  succeeded  +1.5 s`);
    const coloured = textLine(entry(), true);
    expect(coloured).not.toBe(stripVTControlCharacters(coloured));
    expect(stripVTControlCharacters(coloured)).toBe(textLine(entry(), false));
    expect(textLine(entry({ eventName: 'BrandNew' }), false)).toContain('BrandNew');
  });

  it('show what is odd about an event, and claim no end that it does not tell', () => {
    const odd = entry({ eventTime: 'soon', imm: { taskId: 't1', pageCount: '5', percent: '100' } });
    expect(textLine(odd, false)).toBe(`2026-01-01T00:00:01.500Z  ${CONVERTED}  t1  ended  odd: eventTime, imm.code`);
    expect(JSON.parse(jsonLine(odd))).toMatchObject({ problems: [{ path: 'eventTime' }, { path: 'imm.code' }] });
  });

  it('show what is odd about the envelope of a topic', () => {
    const body = jsonNotification(eventText('t1', { eventTime: 'soon' }), {
      PublishTime: 'later',
      Subscriber: undefined,
    });
    const at = new Date('2026-01-01T00:00:01.500Z');
    const [odd] = entriesOf({ messageId: 'm', body, bodyMD5: md5Hex(body), userProperties: [], enqueuedAt: at });
    if (odd === undefined) throw new Error('there is an entry');
    expect(textLine(odd, false)).toMatch(
      / {2}odd: eventTime, Subscriber of the envelope, PublishTime of the envelope$/,
    );
    expect(JSON.parse(jsonLine(odd))).toMatchObject({
      problems: [{ path: 'eventTime' }],
      envelopeProblems: [{ path: 'Subscriber' }, { path: 'PublishTime' }],
    });
  });

  it('say of a message that is too deep that it cannot be read', () => {
    const body = `{"a":${'['.repeat(6000)}${']'.repeat(6000)}}`;
    const at = new Date(0);
    const [deep] = entriesOf({ messageId: 'm', body, bodyMD5: md5Hex(body), userProperties: [], enqueuedAt: at });
    if (deep === undefined) throw new Error('there is an entry');
    expect(JSON.parse(jsonLine(deep))).toMatchObject({ messageId: 'm', problem: expect.stringContaining('deeper') });
    expect(textLine(deep, false)).toContain('unreadable');
  });

  prop.prop([fc.string({ unit: 'binary' })])('move no cursor, whatever is in a message', (hostile) => {
    for (const one of [
      entry({ eventName: hostile }),
      { ...entry(), event: undefined, problem: hostile },
      ...entriesOf({
        messageId: 'm',
        body: hostile,
        bodyMD5: md5Hex(hostile),
        userProperties: [],
        enqueuedAt: new Date(0),
      }),
    ]) {
      expect(textLine(one, false)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      expect(jsonLine(one)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      expect(JSON.parse(jsonLine(one))).toHaveProperty('messageId', 'm');
    }
  });
});

describe('peekAll', () => {
  it('goes on after what passes, tells of each message once, and ends with what does not pass', async () => {
    const clock = new VirtualClock();
    const text = eventText('t1');
    const message = { messageId: 'm1', body: text, bodyMD5: md5Hex(text), userProperties: [], enqueuedAt: new Date(0) };
    const { toMnsError } = await import('../mns/mns-error.js');
    let looks = 0;
    const queue = {
      peek: async () => {
        looks += 1;
        if (looks === 2) throw toMnsError(new Error('socket hang up'));
        if (looks === 5)
          throw toMnsError(
            Object.assign(new Error('GET x failed with 404. requestid: R, hostid: http://h, message: m'), {
              name: 'MNSQueueNotExistError',
            }),
          );
        return looks === 4 ? [message, { ...message, messageId: 'm2', bodyMD5: 'X' }] : [message];
      },
    };
    const entries: TailEntry[] = [];
    const troubles: Error[] = [];
    const { signal } = new AbortController();
    const looking = peekAll(
      queue,
      { clock, intervalMs: 1000, signal },
      (one) => entries.push(one),
      (error) => troubles.push(error),
    );
    await expect(clock.runUntil(looking)).rejects.toMatchObject({ mnsCode: 'QueueNotExist' });
    expect(entries.map(({ messageId, problem }) => [messageId, problem === undefined])).toEqual([
      ['m1', true],
      ['m2', false],
    ]);
    expect(troubles).toHaveLength(1);
  });
});
