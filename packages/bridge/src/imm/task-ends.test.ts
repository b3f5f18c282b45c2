import { VirtualClock, decodeEvents, outcomeOf, type AnyEvent, type WireHandler } from '@mnsbus/core';
import { createEmulator } from '@mnsbus/emulator';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createBridge } from '../bridge.js';
import { finished } from '../test-support/finished.js';
import { immRoom, office2017, office2020, placeOf, setUp } from '../test-support/imm-room.js';
import { createImm, type SubmitOptions } from './imm-client.js';
import type { ImmApiVersion } from './imm-options.js';
import { imm2017TaskActions, imm2020TaskActions } from './task-actions.js';
import type { TaskWaiter } from './task-waiter.js';

const V = 'oss://bucket/a.mp4';
const T = 'oss://bucket/out/x';
const CONTENT = { ProjectName: 'demo', TaskType: 'OfficeConversion', TaskId: 'OfficeConversion-1' };
const SOURCES = [{ URI: 'oss://bucket/a.jpg' }, { URI: 'oss://bucket/b.jpg' }];

/** The least that each action takes. */
const requests2017: Readonly<Record<keyof typeof imm2017TaskActions, object>> = {
  convertOffice: office2017,
  analyseVideo: { VideoUri: V, TgtUri: T },
  compressVideo: { VideoUri: V, TargetList: [{ TargetUri: T }] },
  grabFrames: { VideoUri: V, TargetList: [{ TargetUri: T }] },
  abstractVideo: { VideoUri: V, TargetVideoUri: T },
  produceVideo: { Images: ['oss://bucket/a.jpg'], TargetUri: T },
  processMedia: { Parameters: {} },
  analyseStream: { StreamUri: 'rtmp://a/b', TgtUri: T },
  processImage: { ImageUri: 'oss://bucket/a.jpg', TargetList: [{ TargetUri: T }] },
  groupFaces: { SetId: 'set-1' },
  mergeFaceGroups: { SetId: 'set-2', GroupIdFrom: 'Group-a', GroupIdTo: 'Group-b' },
};
const requests2020: Readonly<Record<keyof typeof imm2020TaskActions, object>> = {
  convertOffice: office2020,
  convertMedia: { Sources: [{ URI: V }], Targets: [{ URI: T }] },
  labelVideo: { SourceURI: V },
  moderateImage: { SourceURI: V },
  moderateVideo: { SourceURI: V },
  compressFiles: { TargetURI: T, Sources: SOURCES },
  uncompressFile: { SourceURI: V },
  inspectArchive: { SourceURI: V },
  compressPointCloud: { SourceURI: V, TargetURI: T, CompressMethod: 'octree', PointCloudFields: ['xyz'] },
  clusterFigures: { DatasetName: 'd' },
  mergeFigureClusters: { DatasetName: 'd', From: 'a', To: 'b' },
  searchFaces: { DatasetName: 'd', Sources: SOURCES },
  clusterByLocationAndDate: { DatasetName: 'd', DateOptions: {}, LocationOptions: {} },
  clusterSimilarImages: { DatasetName: 'd' },
  imagesToPdf: { Sources: SOURCES, TargetURI: T },
  spliceImages: { Sources: SOURCES, TargetURI: T },
  decodeBlindWatermark: { SourceURI: V },
  createStory: { DatasetName: 'd', StoryType: 'PeopleMemory' },
  findHighlights: { Sources: SOURCES, Type: 'video', Output: {} },
};

type Submit = (
  request: object,
  options?: SubmitOptions,
) => Promise<{
  readonly taskId: string;
  readonly finished: Promise<{ readonly event: AnyEvent; readonly outcome: { readonly taskId: string } }>;
}>;

function methodOf(imm: object, name: string): Submit {
  return (imm as Readonly<Record<string, Submit>>)[name] ?? (() => Promise.reject(new Error(`no ${name}`)));
}

const methods: readonly (readonly [ImmApiVersion, string, object])[] = [
  ...Object.entries(requests2017).map(([name, request]) => ['2017-09-06', name, request] as const),
  ...Object.entries(requests2020).map(([name, request]) => ['2020-09-30', name, request] as const),
];

describe('the end of a task of which no event has told', () => {
  it.each(methods)(
    'is found by asking, in another project than the client’s: %s %s',
    async (version, name, request) => {
      const lost = { events: { lossProbability: 1 }, durationMs: 4000 };
      const { imm, clock, bus, actions } = await immRoom<ImmApiVersion>(version, lost);
      const call = imm.call as (action: string, members: object) => Promise<unknown>;
      const member = version === '2017-09-06' ? 'Project' : 'ProjectName';
      const project = { [member]: 'other' };
      await clock.runUntil(call(version === '2017-09-06' ? 'PutProject' : 'CreateProject', project));
      actions.length = 0;
      const task = await clock.runUntil(methodOf(imm, name)({ ...request, ...project }, { expectedMs: 4000 }));
      const { outcome, event } = await clock.runUntil(task.finished);
      const table: Readonly<Record<string, { readonly eventName: string }>> =
        version === '2017-09-06' ? imm2017TaskActions : imm2020TaskActions;
      expect([outcome.taskId, event.name]).toEqual([task.taskId, table[name]?.eventName]);
      expect(actions.length).toBe(2);
      await clock.runUntil(bus.close({ deadlineMs: 0 }));
    },
  );

  it.each(methods)('is found by asking when it is a bad one: %s %s', async (version, name, request) => {
    const lost = {
      events: { lossProbability: 1 },
      durationMs: 4000,
      decide: () => ({ fail: { code: 'InternalError' } }),
    };
    const { imm, clock, bus } = await immRoom<ImmApiVersion>(version, lost);
    const task = await clock.runUntil(methodOf(imm, name)(request));
    await expect(clock.runUntil(task.finished)).rejects.toMatchObject({ code: 'TASK_FAILED', taskId: task.taskId });
    await clock.runUntil(bus.close({ deadlineMs: 0 }));
  });

  it('is asked for once for each task, half a minute after it was expected, whatever the client and the call say', async () => {
    for (const [client, call, seconds] of [
      [undefined, undefined, 45],
      [100_000, undefined, 130],
      [100_000, 0, 30],
    ] as const) {
      const lost = { events: { lossProbability: 1 }, durationMs: 4000 };
      const { imm, clock, bus, actions } = await immRoom('2017-09-06', lost, undefined, { expectedMs: client });
      const startMs = clock.now();
      const task = await clock.runUntil(imm.convertOffice(office2017, { expectedMs: call }));
      await clock.runUntil(task.finished);
      expect(Math.abs((clock.now() - startMs) / 1000 - seconds)).toBeLessThan(4);
      expect(actions).toEqual(['CreateOfficeConversionTask', 'GetOfficeConversionTask']);
      await clock.runUntil(bus.close({ deadlineMs: 0 }));
    }
  });

  it('is asked for by one request each time, also when that fails in passing', async () => {
    let isAway = false;
    const { imm, clock, bus, actions } = await immRoom(
      '2020-09-30',
      { events: { lossProbability: 1 } },
      (handle) => async (request) => {
        const reply = await handle(request);
        if (isAway) throw new Error('socket hang up');
        return reply;
      },
    );
    const task = await clock.runUntil(imm.convertOffice(office2020));
    isAway = true;
    await clock.advanceBy(150_000);
    expect(actions).toEqual(['CreateOfficeConversionTask', 'GetTask', 'GetTask']);
    isAway = false;
    await expect(clock.runUntil(task.finished)).resolves.toMatchObject({ outcome: { taskId: task.taskId } });
    await clock.runUntil(bus.close({ deadlineMs: 0 }));
  });

  it('can be asked for by the action that has created it, or by its id', async () => {
    const { imm, clock, bus } = await immRoom('2020-09-30', { durationMs: 1000 });
    await clock.runUntil(imm.call('CreateProject', { ProjectName: 'other' }));
    const task = await clock.runUntil(imm.clusterFigures({ DatasetName: 'd', ProjectName: 'other' }));
    const action = 'CreateFigureClusteringTask';
    expect(await clock.runUntil(imm.ask(task.taskId, { project: 'other', action }))).toBeUndefined();
    await clock.advanceBy(2000);
    const event = await clock.runUntil(imm.ask(task.taskId, { project: 'other', action }));
    expect(event).toMatchObject({ name: 'imm:Task:FigureClustering', data: { taskId: task.taskId } });
    expect(await clock.runUntil(imm.ask(task.taskId, { project: 'other' }))).toEqual(event);
    await expect(clock.runUntil(imm.ask(task.taskId))).rejects.toMatchObject({ immCode: 'ResourceNotFound' });
    await expect(imm.ask(task.taskId, { action: 'GetTask' as never })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
    await clock.runUntil(bus.close({ deadlineMs: 0 }));
  });

  it('is heard of within a minute in a fleet that shares one queue, by one question for each end that went elsewhere', async () => {
    const clock = new VirtualClock();
    const emulator = createEmulator({ clock, seed: 'fleet', imm: { durationMs: 10_000 } });
    const { accountId, accessKeyId, accessKeySecret } = emulator;
    const keys = { accessKeyId, accessKeySecret };
    const connection = { accountId, ...keys, endpoint: 'http://mns.test' };
    await setUp(emulator, connection, clock, emulator.handle);
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    onTestFinished(() => warned.mockRestore());
    let asked = 0;
    const transport: WireHandler = (request) => {
      if (Buffer.from(request.body).toString().includes('Action=GetOffice')) asked += 1;
      return emulator.handle(request);
    };
    const fleet = Array.from({ length: 4 }, (_, index) => {
      // What goes to a process that does not wait for it is lost to the one that does.
      const options = { queueName: 'q', unhandled: 'delete', seed: `bus/${index}` } as const;
      const bus = createBridge({ ...options, mns: connection, clock, transport });
      const common = { ...keys, ...placeOf(emulator), clock, transport, seed: `imm/${index}` };
      return { bus, imm: createImm({ ...common, apiVersion: '2017-09-06', bus }) };
    });
    await clock.runUntil(fleet[0]?.imm.call('PutProject', { Project: 'demo' }) ?? Promise.reject(new Error('none')));
    for (const { bus } of fleet) await clock.runUntil(bus.start());
    const took: number[] = [];
    const all = [];
    for (let number = 0; number < 40; number += 1) {
      for (const { imm } of fleet) {
        const task = await clock.runUntil(imm.convertOffice(office2017));
        const endMs = clock.now() + 10_000;
        all.push(task.finished.then(() => took.push(clock.now() - endMs)));
      }
      await clock.advanceBy(500);
    }
    await clock.runUntil(Promise.all(all));
    took.sort((a, b) => a - b);
    expect(took.length).toBe(160);
    expect(took.at(-1)).toBeLessThan(45_000);
    expect(asked).toBe(took.filter((ms) => ms > 5000).length);
    expect(asked).toBeGreaterThan(60);
    for (const { bus } of fleet) await clock.runUntil(bus.close({ deadlineMs: 0 }));
  });
});

describe('an event that does not tell how its task ended', () => {
  const unknown = (): AnyEvent => ({
    name: 'unknown',
    eventName: 'imm:Task:OfficeConversion',
    source: '',
    occurredAt: undefined,
    form: 'foreign',
    raw: {},
    problems: [],
  });

  /** A client whose bus tells at once, of any task, by such an event. */
  async function mute(
    options: Parameters<typeof immRoom>[1] = {},
    wrap?: (handle: WireHandler) => WireHandler,
  ): Promise<Awaited<ReturnType<typeof immRoom<'2020-09-30'>>>> {
    const bus: TaskWaiter = { waitFor: async () => unknown() };
    return immRoom('2020-09-30', options, wrap, { bus });
  }

  it.each([
    ['of a type that is not known', unknown()],
    ['without a status', { ...CONTENT, Status: undefined }],
    ['with a status that is none', { ...CONTENT, Status: { odd: 1 } }],
  ])('makes IMM be asked at once, until it knows: an event %s', async (_, told) => {
    const [event] = 'name' in told ? [told] : decodeEvents(JSON.stringify(told));
    const bus: TaskWaiter = { waitFor: async () => event ?? unknown() };
    const { imm, clock, actions } = await immRoom('2020-09-30', { durationMs: 20_000 }, undefined, { bus });
    const startMs = clock.now();
    const task = await clock.runUntil(imm.convertOffice(office2020));
    const { outcome, event: found } = await clock.runUntil(task.finished);
    expect([outcome.taskId, found.name]).toEqual([task.taskId, 'imm:Task:OfficeConversion']);
    expect(actions).toEqual(['CreateOfficeConversionTask', 'GetTask', 'GetTask']);
    expect(clock.now() - startMs).toBeLessThan(35_000);
  });

  it('is the failure that IMM tells of', async () => {
    const { imm, clock } = await mute({ durationMs: 0 });
    const request = { ...office2020, SourceURI: 'oss://bucket/fail-InternalError/a.docx' };
    const task = await clock.runUntil(imm.convertOffice(request));
    await expect(clock.runUntil(task.finished)).rejects.toMatchObject({
      code: 'TASK_FAILED',
      taskCode: 'InternalError',
    });
  });

  it.each<[string, (asked: number) => object | undefined, RegExp]>([
    ['refuses for good', () => ({ Code: 'AccessDenied', Message: 'no.' }), /AccessDenied/],
    ['does not know either', () => ({ TaskId: 'x', Status: 'Succeeded', Code: { odd: 1 } }), /./],
    ['says that it runs until the time-out', () => ({ TaskId: 'x', Status: 'Running' }), /still running/],
    ['cannot be reached until the time-out', () => undefined, /socket hang up/],
  ])('is TASK_OUTCOME_UNKNOWN when IMM %s', async (_, answer, text) => {
    let asked = 0;
    const { imm, clock } = await mute({}, (handle) => async (request) => {
      if (!Buffer.from(request.body).toString().includes('Action=GetTask')) return handle(request);
      asked += 1;
      const reply = answer(asked);
      if (reply === undefined) throw new Error('socket hang up');
      const body = Buffer.from(JSON.stringify({ RequestId: 'R', ...reply }));
      return { status: 'Message' in reply ? 403 : 200, headers: [], body };
    });
    const task = await clock.runUntil(imm.convertOffice(office2020, { timeoutMs: 600_000 }));
    await expect(clock.runUntil(task.finished)).rejects.toMatchObject({
      code: 'TASK_OUTCOME_UNKNOWN',
      name: 'TaskOutcomeUnknownError',
      taskId: task.taskId,
      event: { name: 'unknown' },
      message: expect.stringMatching(text),
    });
  });

  it('leaves nothing when the wait is aborted, or the client closed', async () => {
    const { imm, clock } = await mute({ durationMs: Infinity });
    const controller = new AbortController();
    const { signal } = controller;
    const one = await clock.runUntil(imm.convertOffice(office2020, { signal }));
    const other = await clock.runUntil(imm.convertOffice(office2020));
    await clock.advanceBy(1000);
    controller.abort('enough');
    await expect(one.finished).rejects.toMatchObject({ code: 'ABORTED', cause: 'enough' });
    imm.close();
    await expect(other.finished).rejects.toMatchObject({ code: 'TASK_OUTCOME_UNKNOWN', cause: { code: 'ABORTED' } });
  });
});

describe('an event that tells', () => {
  it('is enough, whoever brings it', async () => {
    const event = finished('t');
    const bus: TaskWaiter = { waitFor: async () => event };
    const { imm, clock, actions } = await immRoom('2017-09-06', {}, undefined, { bus });
    const task = await clock.runUntil(imm.convertOffice(office2017));
    expect(await task.finished).toEqual({ outcome: outcomeOf(event), event });
    expect(actions.length).toBe(1);
  });
});
