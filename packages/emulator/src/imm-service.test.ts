import { SystemClock, decodeEvents, md5Hex, type AnyEvent, type WireResponse } from '@mnsbus/core';
import { fc, it } from '@fast-check/vitest';
import { describe, expect, vi } from 'vitest';
import { createImmService } from './imm-service.js';
import { TimeLine } from './runtime/time-line.js';
import type { PublishEvent } from './imm/tenant-driver.js';
import { CONVERSION, TEST_TENANT, immFixture, type ImmFixture } from './imm/test-support/imm-fixture.js';
import { rpcRequest, type TestParameters } from './imm/test-support/rpc-request.js';

const withProject = async (options: Parameters<typeof immFixture>[0] = {}): Promise<ImmFixture> => {
  const fixture = immFixture(options);
  await fixture.call('PutProject', { Project: 'demo' });
  return fixture;
};

const submit = async (fixture: ImmFixture, parameters: TestParameters = {}): Promise<string> => {
  const { members } = await fixture.call('CreateOfficeConversionTask', { ...CONVERSION, ...parameters });
  return String(members['TaskId']);
};

const statusOf = async (fixture: ImmFixture, TaskId: string): Promise<unknown> =>
  (await fixture.call('GetOfficeConversionTask', { Project: 'demo', TaskId })).members['Status'];

const eventIn = (body: string): AnyEvent | undefined => decodeEvents(body)[0];

describe('the life of a task', () => {
  it('is 4 s of running, a final record, and one event 150–350 ms later', async () => {
    const fixture = await withProject({ pageCount: 5 });
    const startMs = fixture.clock.now();
    const taskId = await submit(fixture);
    await fixture.clock.advanceBy(3999);
    expect(await statusOf(fixture, taskId)).toBe('Running');
    await fixture.clock.advanceBy(1);
    expect([await statusOf(fixture, taskId), fixture.published]).toEqual(['Finished', []]);
    await fixture.clock.advanceBy(1_000_000);
    const [event, ...more] = fixture.published;
    expect(more).toEqual([]);
    expect(event).toMatchObject({ topicName: 'imm-events', tenant: TEST_TENANT });
    expect(event?.body).toBe(
      '{"events":[{"eventName":"FormatConvertJob:JobFinished","eventSource":"acs:imm",' +
        `"eventTime":"${new Date(startMs + 4000).toISOString()}","eventVersion":"1.0",` +
        `"imm":{"code":"NoError","pageCount":"5","percent":"100","taskId":"${taskId}"}}]}`,
    );
    const lagMs = (event?.atMs ?? 0) - startMs - 4000;
    expect(lagMs).toBeGreaterThanOrEqual(150);
    expect(lagMs).toBeLessThanOrEqual(350);
  });

  it('is written into the journal, step by step', async () => {
    const fixture = await withProject();
    const taskId = await submit(fixture);
    const endMs = fixture.clock.now() + 4000;
    await fixture.clock.advanceBy(10_000);
    expect(fixture.context.journal.entries().slice(1)).toMatchObject([
      { atMs: endMs - 4000, kind: 'request', service: 'imm', operation: 'CreateOfficeConversionTask', status: 200 },
      { atMs: endMs - 4000, kind: 'task-submitted', taskId, taskType: 'FormatConvertJob', project: 'demo' },
      { atMs: endMs, kind: 'task-ended', taskId, taskType: 'FormatConvertJob', state: 'succeeded' },
      {
        atMs: fixture.published[0]?.atMs,
        kind: 'event-published',
        taskId,
        topicName: 'imm-events',
        messageId: 'message-1',
      },
    ]);
  });

  it('ends in failure when the source says so, and the event tells why', async () => {
    const fixture = await withProject();
    const taskId = await submit(fixture, { SrcUri: 'oss://bkt/fail-UnsupportedSrcFile/a.xyz' });
    await fixture.clock.advanceBy(10_000);
    expect(await statusOf(fixture, taskId)).toBe('Failed');
    expect(fixture.context.journal.entries('task-ended')).toMatchObject([
      { taskId, state: 'failed', code: 'UnsupportedSrcFile' },
    ]);
    expect(fixture.published.map(({ body }) => eventIn(body))).toMatchObject([
      { data: { taskId, code: 'UnsupportedSrcFile', pageCount: 0, percent: 0 } },
    ]);
  });

  it('can be as short as nothing: the record is final at once, the event follows', async () => {
    const fixture = await withProject({ durationMs: 0 });
    const taskId = await submit(fixture);
    expect([await statusOf(fixture, taskId), fixture.published]).toEqual(['Finished', []]);
    await fixture.clock.advanceBy(350);
    expect(fixture.published).toHaveLength(1);
  });

  it('can depend on the request', async () => {
    const fixture = await withProject({
      durationMs: ({ sourceUris }) => (sourceUris.some((uri) => uri.endsWith('.pptx')) ? 10_000 : 1000.4),
      pageCount: ({ TgtType }) => (TgtType === 'pdf' ? 7 : 3),
    });
    const [slow, fast] = [await submit(fixture), await submit(fixture, { SrcUri: 'oss://bkt/a.docx', TgtType: 'PDF' })];
    await fixture.clock.advanceBy(1000);
    expect([await statusOf(fixture, slow), await statusOf(fixture, fast)]).toEqual(['Running', 'Finished']);
    await fixture.clock.advanceBy(10_000);
    const events = fixture.published.map(({ body }) => eventIn(body));
    expect(events).toMatchObject([{ data: { taskId: fast, pageCount: 7 } }, { data: { taskId: slow, pageCount: 3 } }]);
  });

  it('can be endless', async () => {
    const fixture = await withProject({ durationMs: Infinity });
    const taskId = await submit(fixture);
    await fixture.clock.advanceBy(6 * 86_400_000);
    expect([await statusOf(fixture, taskId), fixture.published, fixture.clock.pendingTimers]).toEqual([
      'Running',
      [],
      0,
    ]);
  });

  it('leaves no timer behind, however long its record is kept', async () => {
    const fixture = await withProject();
    expect(fixture.clock.pendingTimers).toBe(0);
    for (let index = 0; index < 20; index += 1) await submit(fixture);
    expect(fixture.clock.pendingTimers).toBe(1);
    await fixture.clock.advanceBy(10_000);
    expect([fixture.published.length, fixture.clock.pendingTimers]).toEqual([20, 0]);
  });
});

describe('the topic of an event', () => {
  it.each([{ NotifyEndpoint: undefined }, { NotifyTopicName: undefined }, { NotifyEndpoint: '' }])(
    'must be named in full: with %j nothing is published',
    async (parameters) => {
      const fixture = await withProject();
      const taskId = await submit(fixture, parameters);
      await fixture.clock.advanceBy(10_000);
      expect([await statusOf(fixture, taskId), fixture.published]).toEqual(['Finished', []]);
      expect(fixture.context.journal.entries('event-lost')).toEqual([]);
    },
  );

  it.each(['http://1000000000000001.mns.cn-beijing-internal-vpc.aliyuncs.com/', 'http://127.0.0.1:9324'])(
    'belongs to the tenant of the task: %s',
    async (NotifyEndpoint) => {
      const fixture = await withProject();
      await submit(fixture, { NotifyEndpoint });
      await fixture.clock.advanceBy(10_000);
      expect(fixture.published).toMatchObject([{ tenant: TEST_TENANT, topicName: 'imm-events' }]);
    },
  );

  it('is looked for in the region of the host', async () => {
    const fixture = immFixture();
    const headers = [['Host', 'imm.cn-shanghai.aliyuncs.com']] as const;
    await fixture.call('PutProject', { Project: 'demo' }, { headers });
    const NotifyEndpoint = 'http://1000000000000001.mns.cn-shanghai.aliyuncs.com';
    await fixture.call('CreateOfficeConversionTask', { ...CONVERSION, NotifyEndpoint }, { headers });
    await fixture.clock.advanceBy(10_000);
    expect(fixture.published).toMatchObject([{ tenant: { ...TEST_TENANT, region: 'cn-shanghai' } }]);
  });

  it.each([
    'http://1000000000000002.mns.cn-beijing.aliyuncs.com',
    'http://1000000000000001.mns.cn-shanghai.aliyuncs.com',
  ])('must not be somebody else’s: with %s the event is lost at once, and the task is not', async (NotifyEndpoint) => {
    const fixture = await withProject();
    const taskId = await submit(fixture, { NotifyEndpoint });
    await fixture.clock.advanceBy(4350);
    expect([await statusOf(fixture, taskId), fixture.published]).toEqual(['Finished', []]);
    expect(fixture.context.journal.entries('event-lost')).toMatchObject([
      { taskId, topicName: 'imm-events', reason: expect.stringContaining('NotifyEndpoint names account') },
    ]);
    expect(fixture.clock.pendingTimers).toBe(0);
  });

  it('may come into being before the last retry', async () => {
    const fixture = await withProject();
    fixture.missingTopics.add('imm-events');
    await submit(fixture);
    const endMs = fixture.clock.now() + 4000;
    await fixture.clock.advanceBy(4350 + 2000);
    fixture.missingTopics.clear();
    await fixture.clock.advanceBy(60_000);
    const [event, ...more] = fixture.published;
    expect(more).toEqual([]);
    expect((event?.atMs ?? 0) - endMs).toBeGreaterThanOrEqual(3150);
    expect((event?.atMs ?? 0) - endMs).toBeLessThanOrEqual(3350);
    expect(event === undefined ? undefined : eventIn(event.body)?.occurredAt).toEqual(new Date(endMs));
    expect(fixture.context.journal.entries('event-lost')).toEqual([]);
  });

  it('may never come into being: after three retries a second apart the event is lost, and the task is not', async () => {
    const attemptsMs: number[] = [];
    const fixture = await withProject({
      publish: () => {
        attemptsMs.push(fixture.clock.now());
        return { ok: false, code: 'TopicNotExist' };
      },
    });
    const taskId = await submit(fixture);
    await fixture.clock.advanceBy(60_000);
    const firstMs = attemptsMs[0] ?? 0;
    expect(attemptsMs).toEqual([0, 1000, 2000, 3000].map((offsetMs) => firstMs + offsetMs));
    expect(await statusOf(fixture, taskId)).toBe('Finished');
    expect(fixture.context.journal.entries('event-lost')).toMatchObject([
      { atMs: firstMs + 3000, kind: 'event-lost', taskId, topicName: 'imm-events', reason: 'TopicNotExist' },
    ]);
    expect(fixture.context.journal.entries('event-published')).toEqual([]);
  });

  it('survives a publisher that throws: the event counts as not published', async () => {
    const warning = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const fixture = await withProject({
      publish: () => {
        throw new Error('broken');
      },
    });
    await submit(fixture);
    await fixture.clock.advanceBy(60_000);
    expect(fixture.context.journal.entries('event-lost')).toMatchObject([{ reason: 'InternalError' }]);
    expect(warning).toHaveBeenCalledTimes(4);
    warning.mockRestore();
  });
});

describe('a simulation', () => {
  const schedule = fc.array(
    fc.record({
      waitMs: fc.nat({ max: 2000 }),
      fails: fc.boolean(),
      notify: fc.boolean(),
      pollFirst: fc.boolean(),
    }),
    { minLength: 1, maxLength: 15 },
  );
  type Schedule = readonly {
    readonly waitMs: number;
    readonly fails: boolean;
    readonly notify: boolean;
    readonly pollFirst: boolean;
  }[];

  const run = async (seed: string, steps: Schedule, polls: boolean): Promise<ImmFixture> => {
    const fixture = await withProject({ seed, durationMs: ({ request }) => Number(request['StartPage'] ?? 1) * 500 });
    for (const [index, { waitMs, fails, notify, pollFirst }] of steps.entries()) {
      await fixture.clock.advanceBy(waitMs);
      if (polls && pollFirst) await fixture.call('ListOfficeConversionTask', { Project: 'demo' });
      await submit(fixture, {
        SrcUri: `oss://bkt/${fails ? 'fail-OpenFileError/' : ''}${index}.docx`,
        StartPage: String((index % 9) + 1),
        ...(notify ? {} : { NotifyTopicName: '' }),
      });
    }
    await fixture.clock.advanceBy(100_000);
    return fixture;
  };

  it.prop([fc.string(), schedule], { numRuns: 60 })(
    'ends every task once, and publishes one event per notified task, after its end and within the lag',
    async (seed, steps) => {
      const { context, published } = await run(seed, steps, true);
      const ended = context.journal.entries('task-ended');
      expect(new Set(ended.map(({ taskId }) => taskId)).size).toBe(steps.length);
      expect(ended).toHaveLength(steps.length);
      expect(published).toHaveLength(steps.filter(({ notify }) => notify).length);
      for (const { atMs, body } of published) {
        const event = eventIn(body);
        if (event?.name !== 'FormatConvertJob:JobFinished') throw new Error(`unexpected event: ${body}`);
        const end = ended.find(({ taskId }) => taskId === event.data.taskId);
        const endedAtMs = Number(event.occurredAt);
        expect(endedAtMs).toBe(end?.atMs);
        expect(atMs - endedAtMs).toBeGreaterThanOrEqual(150);
        expect(atMs - endedAtMs).toBeLessThanOrEqual(350);
      }
    },
  );

  it.prop([fc.string(), schedule], { numRuns: 30 })(
    'publishes the same bytes at the same instants again, however often somebody looks',
    async (seed, steps) => {
      const [first, second] = [await run(seed, steps, false), await run(seed, steps, true)];
      expect(second.published).toEqual(first.published);
      const endsOf = ({ context }: typeof first): unknown[] =>
        context.journal.entries('task-ended').map((end) => ({ ...end, sequence: 0 }));
      expect(endsOf(second)).toEqual(endsOf(first));
    },
  );

  it('replays from its seed across versions', async () => {
    const steps = [0, 0, 700].map((waitMs) => ({ waitMs, fails: false, notify: true, pollFirst: false }));
    const { published } = await run('golden', steps, false);
    expect(md5Hex(JSON.stringify(published.map(({ atMs, body }) => [atMs, body])))).toBe(
      'C4AE739F0F8F220B13C0E9B32F8AC8D9',
    );
  });
});

describe('memory', () => {
  it('of records is given back after seven days', async () => {
    const fixture = await withProject();
    for (let index = 0; index < 50; index += 1) await submit(fixture);
    await fixture.clock.advanceBy(7 * 86_400_000);
    const { members } = await fixture.call('ListOfficeConversionTask', { Project: 'demo' });
    expect(members['Tasks']).toEqual([]);
  });
});

describe('the service', () => {
  it.each([
    { durationMs: -1 },
    { durationMs: Number.NaN },
    { pageCount: -1 },
    { pageCount: 1.5 },
    { pageCount: 1_000_000_000 },
  ])('refuses to be created with %j', (options) => {
    expect(() => immFixture(options)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });

  it.each([{ durationMs: () => Number.NaN }, { pageCount: () => -1 }])(
    'answers InternalError, and creates nothing, when a function it was given is wrong',
    async (options) => {
      const warning = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
      const fixture = await withProject(options);
      const { status, members } = await fixture.call('CreateOfficeConversionTask', CONVERSION);
      expect([status, members['Code']]).toEqual([500, 'InternalError']);
      expect(warning).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
      warning.mockRestore();
      const list = await fixture.call('ListOfficeConversionTask', { Project: 'demo' });
      expect(list.members['Tasks']).toEqual([]);
    },
  );

  it('is silent after it is closed: no timer, no event, and requests are told to go elsewhere', async () => {
    const fixture = await withProject();
    await submit(fixture);
    fixture.service.close();
    expect(fixture.clock.pendingTimers).toBe(0);
    await fixture.clock.advanceBy(60_000);
    const reply = await fixture.call('PutProject', { Project: 'other' });
    expect([reply.status, reply.members['Code']]).toEqual([503, 'ServiceUnavailable']);
    expect(fixture.published).toEqual([]);
    fixture.service.close();
  });

  it('can be closed by the publisher, and sets no timer after that', async () => {
    let published = 0;
    const fixture = await withProject({
      publish: () => {
        published += 1;
        fixture.service.close();
        return { ok: false, code: 'TopicNotExist' };
      },
    });
    await submit(fixture);
    await fixture.clock.advanceBy(60_000);
    expect([published, fixture.clock.pendingTimers]).toEqual([1, 0]);
  });

  it('runs on the clock of the machine, too', async () => {
    const clock = new SystemClock();
    const topicName = await new Promise<string>((resolve) => {
      const publish: PublishEvent = (_, topic) => {
        resolve(topic);
        return { ok: true, messageId: 'message-1' };
      };
      const service = createImmService(
        { ...immFixture().context, clock: new TimeLine(clock) },
        { durationMs: 1, publish },
      );
      const call = (parameters: TestParameters): Promise<WireResponse> =>
        service.handle(rpcRequest(parameters, clock.now()));
      void call({ Action: 'PutProject', Project: 'demo' });
      void call({ Action: 'CreateOfficeConversionTask', ...CONVERSION });
    });
    expect(topicName).toBe('imm-events');
  });
});
