import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SystemClock, taskCatalogue } from '@mnsbus/core';
import { createEmulator, listen } from '@mnsbus/emulator';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createBridge } from '../bridge.js';
import {
  SOURCE,
  converterOf,
  createProject,
  immRoom,
  office2017,
  office2020,
  placeOf,
  setUp,
  type ImmRoom,
} from '../test-support/imm-room.js';
import { createImm } from './imm-client.js';
import type { ImmApiVersion } from './imm-options.js';
import { imm2017TaskActions, imm2020TaskActions } from './task-actions.js';
import { kindOf } from './task-record.js';

describe('createImm', () => {
  it('submits a task and resolves with its end, without asking IMM once (2017-09-06)', async () => {
    const { imm, clock, actions, bus } = await immRoom('2017-09-06');
    const task = await clock.runUntil(imm.convertOffice(office2017));
    expect(task.reply).toMatchObject({ TaskId: task.taskId, Status: 'Running' });
    const { outcome, event } = await clock.runUntil(task.finished);
    expect(outcome).toMatchObject({ taskId: task.taskId, succeeded: true, code: undefined });
    expect(event.data.pageCount).toBeGreaterThan(0);
    expect(actions).toEqual(['CreateOfficeConversionTask']);
    await clock.runUntil(bus.close());
  });

  it('creates no task, which is billed, of whose end a closed bus could not tell', async () => {
    const { imm, clock, actions, bus } = await immRoom('2017-09-06');
    const closing = bus.close();
    await expect(imm.convertOffice(office2017)).rejects.toMatchObject({ code: 'BRIDGE_CLOSED' });
    await clock.runUntil(closing);
    await expect(imm.convertOffice(office2017)).rejects.toMatchObject({ code: 'BRIDGE_CLOSED' });
    expect(actions).toEqual([]);
  });

  it('does the same for 2020-09-30', async () => {
    const { imm, clock, actions, bus } = await immRoom('2020-09-30');
    const task = await clock.runUntil(imm.convertOffice({ ...office2020, UserData: 'order 7', Tags: { a: 'b' } }));
    const { outcome, event } = await clock.runUntil(task.finished);
    expect(outcome).toMatchObject({ taskId: task.taskId, taskType: 'OfficeConversion', userData: 'order 7' });
    expect(event.name).toBe('imm:Task:OfficeConversion');
    expect(actions).toEqual(['CreateOfficeConversionTask']);
    await clock.runUntil(bus.close());
  });

  it.each(['2017-09-06', '2020-09-30'] as const)(
    'rejects with TASK_FAILED when the task fails (%s)',
    async (apiVersion) => {
      const made = await immRoom<ImmApiVersion>(apiVersion);
      const convert = converterOf(made.imm);
      const task = await made.clock.runUntil(convert('oss://bucket/fail-ConvertTimeout/a.docx'));
      const error: unknown = await made.clock.runUntil(task.finished).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({
        code: 'TASK_FAILED',
        name: 'TaskFailedError',
        taskId: task.taskId,
        taskCode: 'ConvertTimeout',
        outcome: { succeeded: false },
        message: expect.stringContaining('ConvertTimeout'),
      });
      await made.clock.runUntil(made.bus.close());
    },
  );

  it('finds by asking what no event has told: a success and a failure, of both versions', async () => {
    for (const apiVersion of ['2017-09-06', '2020-09-30'] as const) {
      const made = await immRoom<ImmApiVersion>(apiVersion, { events: { lossProbability: 1 } });
      const { clock, imm, bus, actions } = made;
      const convert = converterOf(imm);
      const good = await clock.runUntil(convert(SOURCE, { timeoutMs: 100_000 }));
      const bad = await clock.runUntil(convert('oss://bucket/fail-InternalError/a.docx', { timeoutMs: 100_000 }));
      const startMs = clock.now();
      await expect(clock.runUntil(good.finished)).resolves.toMatchObject({
        outcome: { succeeded: true, taskId: good.taskId },
      });
      // 15 s for a document, and half a minute.
      expect((clock.now() - startMs) / 1000).toBeCloseTo(45, -1);
      await expect(clock.runUntil(bad.finished)).rejects.toMatchObject({ taskCode: 'InternalError' });
      expect(actions.filter((action) => action.startsWith('Get'))).toHaveLength(2);
      await clock.runUntil(bus.close());
    }
  });

  it('asks for video and face tasks by the action that knows them, and makes their event', async () => {
    const { imm, clock, bus } = await immRoom('2017-09-06', { events: { lossProbability: 1 } });
    const video = { VideoUri: 'oss://bucket/a.mp4', TgtUri: 'oss://bucket/out' };
    const task = await clock.runUntil(imm.analyseVideo(video));
    expect(await clock.runUntil(imm.ask(task.taskId))).toBeUndefined();
    await clock.advanceBy(3_600_000);
    expect(await clock.runUntil(imm.ask(task.taskId))).toMatchObject({
      name: 'VideoAnalyseTask',
      data: { taskId: task.taskId, code: '' },
    });
    await expect(imm.ask('nothing-1')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await clock.runUntil(bus.close());
  });

  it('gives up waiting at its time, and says what asking met', async () => {
    const { imm, clock, bus } = await immRoom('2020-09-30', { rules: [{ sourceUri: 'oss://', hold: true }] });
    const task = await clock.runUntil(imm.convertOffice(office2020, { timeoutMs: 5000 }));
    await expect(clock.runUntil(task.finished)).rejects.toMatchObject({
      code: 'WAIT_TIMEOUT',
      message: expect.stringContaining('Asked 1 times'),
    });
    const controller = new AbortController();
    const other = await clock.runUntil(imm.convertOffice(office2020, { signal: controller.signal }));
    controller.abort();
    await expect(other.finished).rejects.toMatchObject({ code: 'ABORTED' });
    await clock.runUntil(bus.close());
  });

  it('finds an event that came before the reply of the creating call', async () => {
    const made = await immRoom(
      '2020-09-30',
      { durationMs: 0, events: { publishLagMs: 0 } },
      (handle) => async (request) => {
        const reply = await handle(request);
        if (Buffer.from(request.body).toString().includes('Action=CreateOffice')) {
          await new Promise<void>((resolve) => void made.clock.after(30_000, resolve));
        }
        return reply;
      },
      { readTimeoutMs: 60_000 },
    );
    const task = await made.clock.runUntil(made.imm.convertOffice(office2020));
    const beforeMs = made.clock.now();
    await made.clock.runUntil(task.finished);
    expect(made.clock.now()).toBe(beforeMs);
    await made.clock.runUntil(made.bus.close());
  });

  it('rejects with the service’s code, and never for a request that it refused once', async () => {
    const { imm, clock, bus, actions } = await immRoom('2017-09-06');
    await expect(clock.runUntil(imm.convertOffice({ ...office2017, Project: 'nowhere' }))).rejects.toMatchObject({
      code: 'IMM_ERROR',
      name: 'ImmServiceError',
      immCode: 'InvalidProject.NotFound',
      requestId: expect.stringMatching(/^[0-9A-F-]{36}$/),
      retryable: false,
    });
    expect(actions).toHaveLength(1);
    await clock.runUntil(bus.close());
  });

  it('repeats what was refused in passing, and what was lost only where that is safe', async () => {
    let faults: ('throttle' | 'lose')[] = [];
    const made = await immRoom('2017-09-06', {}, (handle) => async (request) => {
      const reply = await handle(request);
      const fault = faults.shift();
      if (fault === 'lose') throw new Error('socket hang up');
      if (fault === undefined) return reply;
      const body = {
        RequestId: 'R',
        HostId: 'h',
        Code: 'Throttling.User',
        Message: 'Request was denied due to user flow control.',
      };
      return { status: 400, headers: [['Content-Type', 'application/json']], body: Buffer.from(JSON.stringify(body)) };
    });
    const { imm, clock, bus, actions, emulator } = made;
    faults = ['throttle', 'throttle'];
    await clock.runUntil(imm.call('GetProject', { Project: 'demo' }));
    expect(actions.splice(0)).toHaveLength(3);
    faults = ['throttle', 'throttle', 'throttle'];
    await expect(clock.runUntil(imm.call('GetProject', { Project: 'demo' }))).rejects.toMatchObject({
      immCode: 'Throttling.User',
      retryable: true,
    });
    actions.length = 0;

    // Its token finds the task that the lost attempt has created.
    faults = ['lose'];
    const task = await clock.runUntil(imm.convertOffice(office2017));
    expect(actions.splice(0)).toHaveLength(2);
    expect(emulator.tasks.list()).toHaveLength(1);
    await clock.runUntil(task.finished);

    faults = ['lose'];
    const video = { VideoUri: 'oss://bucket/a.mp4', TgtUri: 'oss://bucket/out' };
    await expect(clock.runUntil(imm.analyseVideo(video))).rejects.toMatchObject({
      code: 'IMM_EFFECT_UNKNOWN',
      name: 'ImmEffectUnknownError',
      retryable: false,
      action: 'CreateVideoAnalyseTask',
      idempotentToken: undefined,
      cause: { code: 'IMM_UNREACHABLE' },
    });
    expect(actions).toHaveLength(1);
    await clock.runUntil(bus.close());
  });

  it('exchanges refused keys, and refuses options that are none', async () => {
    let asked = 0;
    const { imm, clock, bus, emulator } = await immRoom('2020-09-30');
    const { accessKeyId, accessKeySecret } = emulator;
    const renewed = createImm({
      ...placeOf(emulator),
      apiVersion: '2020-09-30',
      bus,
      clock,
      transport: emulator.handle,
      credentials: () => {
        asked += 1;
        return { accessKeyId: asked === 1 ? 'gone' : accessKeyId, accessKeySecret };
      },
    });
    const task = await clock.runUntil(renewed.convertOffice(office2020));
    expect([asked, task.taskId]).toEqual([2, expect.stringMatching(/^OfficeConversion-/)]);
    const options = { ...placeOf(emulator), apiVersion: '2020-09-30', bus, accessKeyId, accessKeySecret } as const;
    for (const wrong of [
      { project: '' },
      { topicName: '' },
      { accountId: '' },
      { region: '' },
      { endpoint: 'imm' },
      { timeoutMs: 0 },
      { expectedMs: -1 },
      { readTimeoutMs: 0 },
      { accessKeySecret: '' },
    ]) {
      expect(() => createImm({ ...options, ...wrong })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
    }
    imm.close();
    await clock.runUntil(bus.close());
  });

  it('names every action that creates a task with an id, and its event, as the catalogue does', () => {
    for (const [apiVersion, table] of [
      ['2017-09-06', imm2017TaskActions],
      ['2020-09-30', imm2020TaskActions],
    ] as const) {
      const inCatalogue = taskCatalogue
        // Its request has no fields in any source.
        .filter(
          (entry) =>
            entry.apiVersion === apiVersion && entry.idPrefix !== undefined && entry.action !== 'GenerateVideoPlaylist',
        )
        .map(({ action, eventName }) => ({ action, eventName }));
      const named = Object.values(table).map(({ action, eventName }) => ({ action, eventName }));
      const byAction = (a: { action: string }, b: { action: string }): number => a.action.localeCompare(b.action);
      expect(named.toSorted(byAction)).toEqual(inCatalogue.toSorted(byAction));
    }
    expect(kindOf('2017-09-06', '47ef6b53-7f73-4a3d-bc25-9a8f2b6d3c11')?.action).toBe('CreateOfficeConversionTask');
    expect(kindOf('2020-09-30', '47ef6b53-7f73-4a3d-bc25-9a8f2b6d3c11')).toBeUndefined();
  });
});

describe('createImm over sockets, with the real pop-core', () => {
  async function overSockets<Version extends ImmApiVersion>(
    apiVersion: Version,
  ): Promise<ImmRoom<Version, SystemClock>> {
    const clock = new SystemClock();
    const emulator = createEmulator({ clock, seed: 'sockets', imm: { durationMs: 20 } });
    const server = await listen(emulator);
    const { accountId, accessKeyId, accessKeySecret } = emulator;
    const keys = { accessKeyId, accessKeySecret };
    const connection = { accountId, ...keys, endpoint: server.endpoint };
    await setUp(emulator, connection, clock);
    const bus = createBridge({ mns: connection, queueName: 'q' });
    const imm = createImm<Version>({ ...keys, ...placeOf(emulator), apiVersion, bus, endpoint: server.endpoint });
    onTestFinished(async () => {
      imm.close();
      await bus.close();
      await server.close();
    });
    await createProject(apiVersion, imm);
    await bus.start();
    return { emulator, clock, bus, imm, actions: [] };
  }

  it('serves both versions; the record of a failed task is a record, though the SDK throws it', async () => {
    const legacy = await overSockets('2017-09-06');
    const conversion = await legacy.imm.convertOffice({ ...office2017, SrcUri: 'oss://bucket/in/智能 (1)*~.docx' });
    expect((await conversion.finished).event.data.pageCount).toBeGreaterThan(0);

    const current = await overSockets('2020-09-30');
    const failing = await current.imm.convertOffice({
      ...office2020,
      SourceURI: 'oss://bucket/fail-InternalError/a.docx',
    });
    await expect(failing.finished).rejects.toMatchObject({ code: 'TASK_FAILED', taskCode: 'InternalError' });
    expect(await current.imm.ask(failing.taskId)).toMatchObject({
      name: 'imm:Task:OfficeConversion',
      data: { status: 'Failed', code: 'InternalError' },
    });
    const record = await current.imm.call('GetTask', {
      ProjectName: 'demo',
      TaskType: 'OfficeConversion',
      TaskId: failing.taskId,
    });
    expect(record).toMatchObject({ Status: 'Failed', Code: 'InternalError' });
  });

  it('keeps key and signature out of its errors', async () => {
    const server = createServer((_, response) => response.end('<html>')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const keys = { accessKeyId: 'secret-id', accessKeySecret: 'secret-key' };
    const bus = { waitFor: () => Promise.reject(new Error('not asked')) };
    for (const endpoint of [`http://127.0.0.1:${port}`, 'http://127.0.0.1:1']) {
      const imm = createImm({
        ...keys,
        apiVersion: '2017-09-06',
        bus,
        accountId: '1',
        region: 'r',
        topicName: 't',
        project: 'p',
        endpoint,
      });
      onTestFinished(() => imm.close());
      const error: unknown = await imm.call('GetProject', { Project: 'p' }).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'IMM_UNREACHABLE', retryable: true });
      expect(`${JSON.stringify(error)} ${String(error)}`).not.toMatch(/secret-|Signature/);
    }
  });
});
