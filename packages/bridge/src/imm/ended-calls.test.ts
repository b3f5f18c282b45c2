import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WireHandler } from '@mnsbus/core';
import { eventLoopTurn } from '@mnsbus/core/internal';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { immRoom, office2017, office2020, placeOf } from '../test-support/imm-room.js';
import { createImm, type Imm } from './imm-client.js';
import type { TaskWaiter } from './task-waiter.js';

const SILENT: TaskWaiter = { waitFor: () => new Promise(() => {}) };

/** A way that answers nothing to a creating call. */
const silent =
  (handle: WireHandler): WireHandler =>
  (request) =>
    Buffer.from(request.body).toString().includes('Action=CreateOffice') ? new Promise(() => {}) : handle(request);

describe('closing a client of IMM', () => {
  it('ends calls under way at once, and says whether they may have been carried out', async () => {
    const aborted: boolean[] = [];
    const { imm, clock } = await immRoom('2017-09-06', {}, () => (request) => {
      if (!Buffer.from(request.body).toString().includes('=PutProject')) {
        request.signal?.addEventListener('abort', () => aborted.push(true));
        return new Promise(() => {});
      }
      return Promise.resolve({ status: 200, headers: [], body: Buffer.from('{"RequestId":"R"}') });
    });
    const reading = imm.call('GetProject', { Project: 'demo' });
    const creating = imm.convertOffice(office2017);
    await clock.advanceBy(0);
    const startMs = clock.now();
    imm.close();
    await expect(reading).rejects.toMatchObject({ code: 'ABORTED', retryable: false });
    await expect(creating).rejects.toMatchObject({ code: 'IMM_EFFECT_UNKNOWN', cause: { code: 'ABORTED' } });
    expect([clock.now(), aborted]).toEqual([startMs, [true, true]]);
    await expect(imm.call('GetProject', { Project: 'demo' })).rejects.toMatchObject({ code: 'ABORTED' });
    await expect(imm.convertOffice(office2017)).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it('ends a pause before the next attempt', async () => {
    let sent = 0;
    const { imm, clock } = await immRoom('2017-09-06', {}, (handle) => (request) => {
      if (!Buffer.from(request.body).toString().includes('Action=GetProject')) return handle(request);
      sent += 1;
      return Promise.reject(new Error('socket hang up'));
    });
    const waiting = imm.call('GetProject', { Project: 'demo' });
    await clock.advanceBy(0);
    imm.close();
    await expect(waiting).rejects.toMatchObject({ code: 'ABORTED' });
    expect(sent).toBe(1);
  });

  it('sends nothing any more when keys come that it waited for', async () => {
    let give: ((keys: { accessKeyId: string; accessKeySecret: string }) => void) | undefined;
    let sent = 0;
    const imm = createImm({
      apiVersion: '2020-09-30',
      bus: SILENT,
      accountId: '1',
      region: 'r',
      topicName: 't',
      project: 'p',
      transport: () => {
        sent += 1;
        return new Promise(() => {});
      },
      credentials: () => new Promise((resolve) => (give = resolve)),
    });
    const creating = imm.convertOffice(office2020);
    await Promise.resolve();
    imm.close();
    await expect(creating).rejects.toMatchObject({ code: 'ABORTED' });
    give?.({ accessKeyId: 'a', accessKeySecret: 'b' });
    await eventLoopTurn();
    expect(sent).toBe(0);
  });

  it('lets tasks go on, and hear of events', async () => {
    const { imm, clock, bus, actions } = await immRoom('2020-09-30', { durationMs: 100_000 });
    const task = await clock.runUntil(imm.convertOffice(office2020));
    imm.close();
    await expect(clock.runUntil(task.finished)).resolves.toMatchObject({ outcome: { taskId: task.taskId } });
    expect(actions).toEqual(['CreateOfficeConversionTask']);
    await clock.runUntil(bus.close({ deadlineMs: 0 }));
  });

  it('is named in the error of a task that nothing has told of', async () => {
    const { imm, clock, bus } = await immRoom('2020-09-30', { events: { lossProbability: 1 } });
    const task = await clock.runUntil(imm.convertOffice(office2020));
    imm.close();
    await expect(clock.runUntil(task.finished)).rejects.toMatchObject({
      code: 'WAIT_TIMEOUT',
      message: expect.stringContaining('the client of IMM was closed'),
    });
    await clock.runUntil(bus.close({ deadlineMs: 0 }));
  });
});

describe('a call that is not answered', () => {
  it('ends at its limit, over a function as over a socket', async () => {
    const { imm, clock, bus } = await immRoom('2020-09-30', {}, silent, { readTimeoutMs: 3000 });
    const startMs = clock.now();
    await expect(clock.runUntil(imm.convertOffice(office2020))).rejects.toMatchObject({
      code: 'IMM_EFFECT_UNKNOWN',
      cause: { code: 'IMM_UNREACHABLE', message: expect.stringContaining('ReadTimeout(3000)') },
    });
    expect(clock.now() - startMs).toBe(3000);
    await clock.runUntil(bus.close({ deadlineMs: 0 }));
  });
});

describe('a task that is not to be', () => {
  it.each([
    ['a time-out of nothing', { timeoutMs: 0 }, 'INVALID_ARGUMENT'],
    ['a time-out that is no number', { timeoutMs: Number.NaN }, 'INVALID_ARGUMENT'],
    ['an expectation before now', { expectedMs: -1 }, 'INVALID_ARGUMENT'],
    ['a signal that has aborted', { signal: AbortSignal.abort('no') }, 'ABORTED'],
  ])('is not created: %s', async (_, options, code) => {
    const { imm, clock, bus, emulator } = await immRoom('2017-09-06');
    await expect(clock.runUntil(imm.convertOffice(office2017, options))).rejects.toMatchObject({ code });
    expect(emulator.tasks.list()).toEqual([]);
    await clock.runUntil(bus.close({ deadlineMs: 0 }));
  });
});

describe('onCredentials', () => {
  it.each<[string, () => never]>([
    [
      'throws',
      () => {
        throw new Error('the logger is broken');
      },
    ],
    ['rejects', () => Promise.reject(new Error('the logger is broken')) as never],
  ])('only hears: when it %s, that is a warning', async (_, onCredentials) => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    onTestFinished(() => warned.mockRestore());
    const { clock, emulator } = await immRoom('2017-09-06');
    const { accessKeyId, accessKeySecret } = emulator;
    const common = { ...placeOf(emulator), clock, transport: emulator.handle, bus: SILENT };
    let asked = 0;
    const imm = createImm({
      ...common,
      apiVersion: '2017-09-06',
      onCredentials,
      credentials: () => {
        asked += 1;
        return { accessKeyId, accessKeySecret, expiresAt: new Date(clock.now() + 600_000) };
      },
    });
    for (let count = 0; count < 3; count += 1) {
      await clock.runUntil(imm.call('ListProjects', {}));
      await clock.advanceBy(400_000);
    }
    expect(asked).toBeGreaterThan(1);
    expect(warned.mock.calls.length).toBe(asked);
    expect(warned).toHaveBeenCalledWith(expect.stringContaining('onCredentials failed: the logger is broken'), {
      type: 'MnsbusWarning',
      code: 'onCredentials',
    });
  });
});

describe('over sockets', () => {
  const keys = { accessKeyId: 'id', accessKeySecret: 'secret' };

  async function serverOf(listener: RequestListener): Promise<{ server: Server; endpoint: string }> {
    const server = createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return { server, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  }

  function clientOf(endpoint: string): Imm<'2020-09-30'> {
    const place = { accountId: '1', region: 'r', topicName: 't', project: 'p' };
    const imm = createImm({ ...place, ...keys, apiVersion: '2020-09-30', bus: SILENT, endpoint, readTimeoutMs: 500 });
    onTestFinished(() => imm.close());
    return imm;
  }

  it.each<[string, RequestListener]>([
    ['broken off', (request) => request.resume().on('end', () => request.socket.destroy())],
    [
      'cut short',
      (_, response) =>
        void response.writeHead(200, { 'content-length': 90 }).write('{"RequestId":"R",', () => response.destroy()),
    ],
    ['a page', (_, response) => void response.writeHead(502).end('<html>')],
    ['JSON of somebody else', (_, response) => void response.writeHead(504).end('{"error":"late"}')],
    [
      'a fault',
      (_, response) => void response.writeHead(500).end('{"RequestId":"R","Code":"InternalError","Message":"no"}'),
    ],
    ['a code that is an object', (_, response) => void response.end('{"RequestId":"R","Code":{"a":1},"Message":{}}')],
    ['a forbidden member', (_, response) => void response.end('{"RequestId":"R","__proto__":{"a":1}}')],
    ['deep', (_, response) => void response.end('{"a":' + '['.repeat(100_000))],
    ['a text', (_, response) => void response.end('"RequestId"')],
    ['no answer', () => {}],
    ['a number for an id', (_, response) => void response.end('{"RequestId":"R","TaskId":12345678901234567890}')],
  ])('a creating call is sent once when its answer is %s', async (_, answer) => {
    let requests = 0;
    const { endpoint } = await serverOf((request, response) => {
      requests += 1;
      answer(request, response);
    });
    const imm = clientOf(endpoint);
    const error: unknown = await imm.convertOffice(office2020).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'IMM_EFFECT_UNKNOWN', retryable: false });
    expect(String(error)).not.toContain('[object Object]');
    expect(requests).toBe(1);
  });

  it('one that was never sent had no effect, and is tried again', async () => {
    const { server, endpoint } = await serverOf(() => {});
    server.close();
    await once(server, 'close');
    await expect(clientOf(endpoint).convertOffice(office2020)).rejects.toMatchObject({
      code: 'IMM_UNREACHABLE',
      retryable: true,
    });
  });

  it('closing ends a call at once', async () => {
    const { server, endpoint } = await serverOf(() => {});
    const imm = clientOf(endpoint);
    const waiting = imm.convertOffice(office2020);
    await once(server, 'request');
    imm.close();
    await expect(waiting).rejects.toMatchObject({ code: 'IMM_EFFECT_UNKNOWN', cause: { code: 'ABORTED' } });
  });
});
