import { fc, test } from '@fast-check/vitest';
import { MnsbusError, type WireHandler, type WireResponse } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import { immRoom, office2017, office2020 } from '../test-support/imm-room.js';
import { ImmEffectUnknownError } from './imm-error.js';

const REQUEST_ID = 'AAAAAAAA-0000-4000-8000-000000000000';

function json(status: number, value: unknown): WireResponse {
  return {
    status,
    headers: [['content-type', 'application/json;charset=utf-8']],
    body: Buffer.from(JSON.stringify(value)),
  };
}

const refusal = (status: number, code: string): WireResponse =>
  json(status, { RequestId: REQUEST_ID, HostId: 'h', Code: code, Message: 'no.' });

const html = (status: number): WireResponse => ({
  status,
  headers: [['content-type', 'text/html']],
  body: Buffer.from(`<html>${status}</html>`),
});

const hangUp = (): Promise<never> => Promise.reject(new Error('socket hang up'));
const never = (): Promise<never> => new Promise(() => {});
const deep = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

/** What may become of a request, before or instead of its effect, or after it. */
const REFUSED = {
  throttled: () => refusal(400, 'Throttling.User'),
  'throttled with 503': () => refusal(503, 'Throttling'),
  'key unknown': () => refusal(404, 'InvalidAccessKeyId.NotFound'),
  'refused for good': () => refusal(400, 'InvalidParameter.SrcUri'),
} as const;
const UNCLEAR = {
  lost: hangUp,
  'never answered': never,
  'a page of a gateway': () => html(502),
  'a page with 200': () => html(200),
  'JSON of a gateway': () => json(504, { error: 'timeout' }),
  'JSON of a gateway with a code': () => json(429, { Code: 'Throttled', Message: 'by somebody else' }),
  'a code that is no text': () => json(200, { RequestId: REQUEST_ID, Code: 503 }),
  'a list': () => json(200, []),
  nothing: () => json(200, null),
  'the fault of a server': () => refusal(500, 'InternalError'),
  'a server away': () => refusal(503, 'ServiceUnavailable'),
  'a server late': () => refusal(504, 'ServiceTimeout'),
  'the nonce used': () => refusal(400, 'SignatureNonceUsed'),
  'deep JSON': () => ({ ...html(200), body: Buffer.from(`{"a":${deep(200_000)}}`) }),
  'no id': () => json(200, { RequestId: REQUEST_ID }),
  'an id that is a number': () => json(200, { RequestId: REQUEST_ID, TaskId: 7 }),
  'cut off': (reply: WireResponse) => ({ ...reply, broken: 'cut-short' as const }),
  'shorter than said': (reply: WireResponse) => ({ ...reply, body: reply.body.subarray(0, -1) }),
} satisfies Record<string, (reply: WireResponse) => WireResponse | Promise<WireResponse>>;

interface Fate {
  readonly name: string;
  readonly hasEffect: boolean;
  readonly answer: (reply: WireResponse) => WireResponse | Promise<WireResponse>;
}

const WELL: Fate = { name: 'well', hasEffect: true, answer: (reply) => reply };
const fates: readonly Fate[] = [
  WELL,
  ...Object.entries(REFUSED).map(([name, answer]) => ({ name, answer, hasEffect: false })),
  ...Object.entries(UNCLEAR).flatMap(([name, answer]) =>
    [true, false].map((hasEffect) => ({ name: `${name}${hasEffect ? '' : ', not carried out'}`, answer, hasEffect })),
  ),
];

/** A way to the emulator on which each request meets the next fate, then all go well. */
function lossy(pending: Fate[]): (handle: WireHandler) => WireHandler {
  return (handle) => async (request) => {
    const { hasEffect, answer } = pending.shift() ?? WELL;
    const reply = hasEffect ? await handle(request) : html(500);
    return answer(reply);
  };
}

const MINE: object = { IdempotentToken: 'mine' };

const actions = {
  'conversion, 2017-09-06': { version: '2017-09-06', submit: (imm) => imm.convertOffice(office2017) },
  'video, 2017-09-06': {
    version: '2017-09-06',
    submit: (imm) => imm.analyseVideo({ VideoUri: 'oss://b/a.mp4', TgtUri: 'oss://b/out' }),
  },
  'a video with a token that nobody looks at': {
    version: '2017-09-06',
    submit: (imm) => imm.analyseVideo({ ...MINE, VideoUri: 'oss://b/a.mp4', TgtUri: 'oss://b/out' }),
  },
  'a conversion with a token that is none': {
    version: '2017-09-06',
    submit: (imm) => imm.convertOffice({ ...office2017, IdempotentToken: '' }),
  },
} satisfies Record<string, Subject>;

interface Subject {
  readonly version: '2017-09-06';
  readonly submit: (imm: Awaited<ReturnType<typeof immRoom<'2017-09-06'>>>['imm']) => Promise<{ taskId: string }>;
}

/** Whether the outcome of a creating call and what IMM has are consistent. */
function judge(outcome: { taskId: string } | MnsbusError, taskIds: readonly string[]): void {
  expect(taskIds.length).toBeLessThanOrEqual(1);
  if (!(outcome instanceof MnsbusError)) expect(taskIds).toEqual([outcome.taskId]);
  else if (!(outcome instanceof ImmEffectUnknownError)) expect([outcome.code, taskIds]).toEqual([outcome.code, []]);
  else expect(outcome.retryable).toBe(false);
}

const outcomeOf = (call: Promise<{ taskId: string }>): Promise<{ taskId: string } | MnsbusError> =>
  call.catch((error: unknown) => {
    if (error instanceof MnsbusError) return error;
    throw error;
  });

describe('a creating call over a way that loses, cuts and replaces answers', () => {
  const some = fc.array(fc.constantFrom(...fates), { maxLength: 4 });
  const subject = fc.constantFrom(...Object.values(actions));

  test.prop([subject, some], { numRuns: 150 })(
    'creates one task at most, and says so where it may have',
    async ({ version, submit }, list) => {
      const pending: Fate[] = [];
      const { imm, clock, bus, emulator } = await immRoom(version, {}, lossy(pending));
      pending.push(...list);
      const outcome = await clock.runUntil(outcomeOf(submit(imm)));
      judge(
        outcome,
        emulator.tasks.list().map(({ taskId }) => taskId),
      );
      await clock.runUntil(bus.close({ deadlineMs: 0 }));
    },
  );

  test.prop([some], { numRuns: 60 })('does the same in 2020-09-30, where there is no token', async (list) => {
    const pending: Fate[] = [];
    const { imm, clock, bus, emulator, actions: sent } = await immRoom('2020-09-30', {}, lossy(pending));
    pending.push(...list);
    const outcome = await clock.runUntil(outcomeOf(imm.convertOffice(office2020)));
    const taskIds = emulator.tasks.list().map(({ taskId }) => taskId);
    judge(outcome, taskIds);
    // A token that the API does not document makes nothing safe.
    sent.length = 0;
    pending.splice(0, Infinity, { ...WELL, name: 'lost', answer: hangUp });
    const second = await clock.runUntil(outcomeOf(imm.convertOffice({ ...office2020, ...MINE })));
    expect([second, sent.length]).toMatchObject([{ code: 'IMM_EFFECT_UNKNOWN' }, 1]);
    await clock.runUntil(bus.close({ deadlineMs: 0 }));
  });

  it.each(Object.keys(UNCLEAR))('is not repeated after: %s', async (name) => {
    const pending: Fate[] = [];
    const { imm, clock, bus, emulator, actions: sent } = await immRoom('2020-09-30', {}, lossy(pending));
    pending.push(...fates.filter((fate) => fate.name === name));
    await expect(clock.runUntil(imm.convertOffice(office2020))).rejects.toMatchObject({
      code: 'IMM_EFFECT_UNKNOWN',
      message: expect.stringContaining('CreateOfficeConversionTask may have been carried out'),
    });
    expect([sent.length, emulator.tasks.list().length]).toEqual([1, 1]);
    await clock.runUntil(bus.close({ deadlineMs: 0 }));
  });

  it('with a token, finds the task that an earlier attempt has created, and names the token when none got through', async () => {
    const pending: Fate[] = [];
    const { imm, clock, bus, emulator } = await immRoom('2017-09-06', {}, lossy(pending));
    const lost: Fate = { ...WELL, answer: hangUp };
    pending.push(lost, lost);
    const task = await clock.runUntil(imm.convertOffice(office2017));
    expect(emulator.tasks.list()).toMatchObject([{ taskId: task.taskId }]);

    // The last attempt certainly had no effect, but the first may have had one.
    pending.push(lost, { ...WELL, hasEffect: false, answer: REFUSED['refused for good'] });
    const error: unknown = await clock.runUntil(imm.convertOffice(office2017).catch((thrown: unknown) => thrown));
    expect(error).toMatchObject({
      code: 'IMM_EFFECT_UNKNOWN',
      idempotentToken: expect.stringMatching(/^[0-9a-f-]{36}$/),
      cause: { immCode: 'InvalidParameter.SrcUri' },
    });
    const { idempotentToken } = error as ImmEffectUnknownError;
    const again = await clock.runUntil(imm.convertOffice({ ...office2017, IdempotentToken: idempotentToken ?? '' }));
    expect(emulator.tasks.list().map(({ taskId }) => taskId)).toEqual([task.taskId, again.taskId]);
    await clock.runUntil(bus.close({ deadlineMs: 0 }));
  });

  it('names the reply when it has taken the request, but tells no id that can be waited for', async () => {
    for (const TaskId of [undefined, '', 7, null, { id: 'x' }, ['x']]) {
      const reply = { RequestId: REQUEST_ID, EventId: 'e', ...(TaskId === undefined ? {} : { TaskId }) };
      const pending: Fate[] = [];
      const { imm, clock, bus } = await immRoom('2020-09-30', {}, lossy(pending));
      pending.push({ ...WELL, answer: () => json(200, reply) });
      await expect(clock.runUntil(imm.convertOffice(office2020))).rejects.toMatchObject({
        code: 'IMM_EFFECT_UNKNOWN',
        reply,
        message: expect.stringContaining('expected a TaskId or JobId'),
      });
      await clock.runUntil(bus.close({ deadlineMs: 0 }));
    }
  });

  it('leaves out members that are undefined, and keeps what the client fills in for them', async () => {
    const { imm, clock, bus, emulator } = await immRoom('2017-09-06');
    const undefinedOnes = { Project: undefined, NotifyTopicName: undefined } as object;
    await clock.runUntil(imm.convertOffice({ ...office2017, ...undefinedOnes }));
    expect(emulator.tasks.list()).toMatchObject([{ project: 'demo' }]);
    await clock.runUntil(bus.close({ deadlineMs: 0 }));
  });

  it.each([
    [
      'a circle',
      (() => {
        const circle: Record<string, unknown> = {};
        circle['self'] = circle;
        return circle;
      })(),
    ],
    ['a bigint', 1n],
    ['a function', () => {}],
    ['deep JSON', JSON.parse(deep(200_000))],
  ])('refuses a member that cannot be sent before it sends: %s', async (_, value) => {
    const { imm, clock, bus, actions: sent } = await immRoom('2017-09-06');
    const odd = { Odd: value };
    await expect(imm.convertOffice({ ...office2017, ...odd })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('Odd'),
    });
    expect(sent).toEqual([]);
    await clock.runUntil(bus.close({ deadlineMs: 0 }));
  });
});

describe('other calls on such a way', () => {
  it.each(['GetProject', 'ListProjects'] as const)('repeats %s, which reads', async (action) => {
    const pending: Fate[] = [];
    const { imm, clock, bus, actions: sent } = await immRoom('2017-09-06', {}, lossy(pending));
    pending.push({ ...WELL, answer: hangUp }, { ...WELL, answer: UNCLEAR['the nonce used'] });
    await clock.runUntil(imm.call(action, { Project: 'demo' }));
    expect(sent).toEqual([action, action, action]);
    await clock.runUntil(bus.close({ deadlineMs: 0 }));
  });

  it.each(['PutProject', 'DeleteProject', 'DetectImageFaces', 'GetWebofficeURL', 'GetDRMLicense'])(
    'does not repeat %s, which may change or cost something',
    async (action) => {
      const pending: Fate[] = [];
      const { imm, clock, bus, actions: sent } = await immRoom('2017-09-06', {}, lossy(pending));
      pending.push({ ...WELL, answer: UNCLEAR['the fault of a server'] });
      await expect(clock.runUntil(imm.call(action as 'PutProject', { Project: 'other' }))).rejects.toMatchObject({
        code: 'IMM_EFFECT_UNKNOWN',
        cause: { immCode: 'InternalError' },
      });
      expect(sent).toEqual([action]);
      await clock.runUntil(bus.close({ deadlineMs: 0 }));
    },
  );

  it('sends each attempt with a nonce of its own', async () => {
    const nonces: string[] = [];
    const { imm, clock, bus } = await immRoom('2017-09-06', {}, () => async (request) => {
      nonces.push(/SignatureNonce=([^&]+)/.exec(Buffer.from(request.body).toString())?.[1] ?? '');
      return nonces.length > 1 ? json(200, { RequestId: REQUEST_ID }) : refusal(400, 'Throttling.User');
    });
    nonces.length = 0;
    await clock.runUntil(imm.call('PutProject', { Project: 'p' }));
    expect([nonces.length, new Set(nonces).size]).toEqual([2, 2]);
    await clock.runUntil(bus.close({ deadlineMs: 0 }));
  });
});
