import RPCClient from '@alicloud/pop-core';
import { SystemClock } from '@mnsbus/core';
import { eventLoopTurn } from '@mnsbus/core/internal';
import { setupServer } from 'msw/node';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createEmulator, type Emulator, type EmulatorOptions } from '../../emulator.js';
import { listen } from '../../mounts/http.js';
import { mswHandlers } from '../../mounts/msw.js';
import { acs3Request } from '../test-support/acs3-request.js';
import { immFixture, readReply, type ImmFixture } from '../test-support/imm-fixture.js';
import { rpcRequest } from '../test-support/rpc-request.js';
import type { ImmCall } from '../rpc/provoked-fault.js';
import type { ImmReplies, ScriptedCall } from './imm-replies.js';

const VERSIONS = ['2017-09-06', '2020-09-30'] as const;
const FACES = { Faces: [{ FaceId: 'f-1', Age: 30, Boundary: { Left: 1.5 } }], Empty: [], Nothing: null };

/** The replies of an action in both versions. */
const both = (reply: ImmReplies['2020-09-30']): ImmReplies =>
  ({ '2017-09-06': reply, '2020-09-30': reply }) as ImmReplies;

interface World {
  readonly emulator: Emulator;
  readonly client: (apiVersion: string, other?: { readonly accessKeySecret: string }) => RPCClient;
}

async function served(replies: ImmReplies, options: EmulatorOptions = {}): Promise<World> {
  const emulator = createEmulator({ imm: { replies }, ...options });
  const server = await listen(emulator);
  onTestFinished(() => server.close());
  const { accessKeyId, accessKeySecret } = emulator;
  const { endpoint } = server;
  return {
    emulator,
    client: (apiVersion, other = { accessKeySecret }) => new RPCClient({ endpoint, apiVersion, accessKeyId, ...other }),
  };
}

const thrown = (code: string, message: string | RegExp): object =>
  expect.objectContaining({
    code,
    data: expect.objectContaining({ Code: code, Message: expect.stringMatching(message) }),
  });

describe.each(VERSIONS)('@alicloud/pop-core and a scripted reply of %s', (apiVersion) => {
  it.each(['GET', 'POST'])('gets it by %s with a RequestId, and the journal has the request', async (method) => {
    const { emulator, client } = await served(both({ DetectImageFaces: { reply: FACES } }));
    const reply = await client(apiVersion).request<object>('DetectImageFaces', { Project: 'demo' }, { method });
    expect(reply).toEqual({ ...FACES, RequestId: expect.stringMatching(/^[\dA-F-]{36}$/) });
    expect(emulator.journal.requests()).toMatchObject([
      { operation: 'DetectImageFaces', status: 200, project: 'demo' },
    ]);
    expect(emulator.replies.list()).toContainEqual({
      apiVersion,
      action: 'DetectImageFaces',
      reply: { reply: FACES },
      answeredCount: 1,
    });
  });

  it('gets the refusal that it was given, and what goes without saying', async () => {
    const { client } = await served(
      both({
        DetectImageFaces: { refuse: { status: 409, code: 'StatusConflict', message: 'Message: <busy>' } },
        DetectImageBodies: { refuse: { code: 'ResourceNotFound' } },
        EncodeBlindWatermark: { refuse: { code: 'Throttling.User' } },
      }),
    );
    const call = (action: string): Promise<unknown> => client(apiVersion).request(action, {});
    await expect(call('DetectImageFaces')).rejects.toThrow(thrown('StatusConflict', 'Message: <busy>'));
    await expect(call('DetectImageBodies')).rejects.toThrow(thrown('ResourceNotFound', 'The request is refused.'));
    await expect(call('EncodeBlindWatermark')).rejects.toThrow(thrown('Throttling.User', 'user flow control'));
  });

  it('is asked for its signature, and for a nonce of its own', async () => {
    const { emulator, client } = await served(both({ DetectImageFaces: { reply: {} } }));
    const forged = client(apiVersion, { accessKeySecret: 'wrong' }).request('DetectImageFaces', {});
    await expect(forged).rejects.toThrow(thrown('SignatureDoesNotMatch', ''));
    const once = { SignatureNonce: 'x' };
    await client(apiVersion).request('DetectImageFaces', once);
    await expect(client(apiVersion).request('DetectImageFaces', once)).rejects.toThrow(
      thrown('SignatureNonceUsed', ''),
    );
    const counts = emulator.replies.list().map((one) => [one.apiVersion === apiVersion, one.answeredCount]);
    expect(Object.fromEntries(counts)).toEqual({ true: 1, false: 0 });
  });

  it('is struck by faults like every other action', async () => {
    const faults = [{ kind: 'throttle', match: { operation: 'DetectImageFaces', project: 'demo' }, times: 1 }] as const;
    const { client } = await served(both({ DetectImageFaces: { reply: {} } }), { faults });
    const call = (): Promise<unknown> => client(apiVersion).request('DetectImageFaces', { Project: 'demo' });
    await expect(call()).rejects.toThrow(thrown('Throttling.User', ''));
    expect(await call()).toEqual({ RequestId: expect.any(String) });
  });
});

describe('a scripted reply', () => {
  const call = async (fixture: ImmFixture, parameters: Readonly<Record<string, string>> = {}) =>
    fixture.call('DetectImageFaces', { Version: '2020-09-30', ...parameters });

  it('is written to the byte in both formats', async () => {
    const fixture = immFixture({ replies: both({ DetectImageFaces: { reply: { Faces: [{ Age: 3 }], A: '<&' } } }) });
    const json = await call(fixture);
    const id = json.headers.get('x-acs-request-id');
    expect(json.text).toBe(`{"RequestId":"${id}","Faces":[{"Age":3}],"A":"<&"}`);
    const xml = await call(fixture, { Format: 'XML' });
    expect([xml.status, xml.headers.get('Content-Type')]).toEqual([200, 'text/xml;charset=utf-8']);
    expect(xml.text).toBe(
      `<?xml version="1.0" encoding="UTF-8"?>\n<DetectImageFacesResponse><RequestId>${xml.headers.get('x-acs-request-id')}</RequestId>` +
        '<Faces><Face><Age>3</Age></Face></Faces><A>&lt;&amp;</A></DetectImageFacesResponse>',
    );
  });

  it('that refuses is written to the byte in both formats, with when to come again', async () => {
    const refuse = { status: 503, code: 'Busy', message: 'a & b', retryAfterMs: 250 };
    const fixture = immFixture({ replies: both({ DetectImageFaces: { refuse } }) });
    const json = await call(fixture);
    const id = json.headers.get('x-acs-request-id');
    expect([json.status, json.headers.get('x-acs-retry-after')]).toEqual([503, '250']);
    expect(json.text).toBe(`{"RequestId":"${id}","HostId":"127.0.0.1:9324","Code":"Busy","Message":"a & b"}`);
    expect((await call(fixture, { Format: 'XML' })).text).toMatch(
      /^<\?xml[^]*<HostId>127.0.0.1:9324<\/HostId><Code>Busy<\/Code><Message>a &amp; b<\/Message><\/Error>$/,
    );
    expect(fixture.context.journal.entries('request')[0]).toMatchObject({ status: 503, code: 'Busy' });
  });

  it('is not given to a call that imm.refuse refuses', async () => {
    const refuse = ({ project }: ImmCall) => (project === 'out' ? 'Forbidden.RAM' : undefined);
    const fixture = immFixture({ replies: both({ DetectImageFaces: { reply: FACES } }), refuse });
    expect((await call(fixture, { ProjectName: 'out' })).members).toMatchObject({ Code: 'Forbidden.RAM' });
    expect((await call(fixture, { ProjectName: 'in' })).members).toMatchObject(FACES);
  });

  it('keeps a RequestId of its own', async () => {
    const fixture = immFixture({ replies: both({ DetectImageFaces: { reply: { RequestId: 'mine' } } }) });
    expect((await call(fixture)).members).toEqual({ RequestId: 'mine' });
  });

  it('is given to who signs by ACS3, too', async () => {
    const fixture = immFixture({ replies: both({ DetectImageFaces: { reply: FACES } }) });
    const request = acs3Request('DetectImageFaces', { ProjectName: 'demo' }, fixture.clock.now());
    expect((await fixture.send(request)).members).toMatchObject(FACES);
  });

  it('is not another one because what it was given has changed since', async () => {
    const reply = { Faces: [1] };
    const fixture = immFixture({ replies: both({ DetectImageFaces: { reply } }) });
    reply.Faces.push(2);
    expect((await call(fixture)).members).toMatchObject({ Faces: [1] });
  });

  it('is not given at another path, nor under another spelling or version', async () => {
    const replies = { '2020-09-30': { DetectImageFaces: { reply: {} } } };
    const fixture = immFixture({ replies });
    const parameters = { Action: 'DetectImageFaces', Version: '2020-09-30' };
    const elsewhere = await fixture.send(rpcRequest(parameters, fixture.clock.now(), { path: '/v1' }));
    expect(elsewhere.members['Code']).toBe('InvalidAction.NotFound');
    expect((await fixture.call('detectImageFaces', { Version: '2020-09-30' })).status).toBe(404);
    expect((await fixture.call('DetectImageFaces')).status).toBe(404);
  });

  it('is answered at the real address, through msw', async () => {
    const emulator = createEmulator({
      imm: { replies: both({ GenerateWebofficeToken: { reply: { AccessToken: 't' } } }) },
    });
    const network = setupServer(...mswHandlers(emulator));
    network.listen({ onUnhandledRequest: 'error' });
    onTestFinished(() => network.close());
    const { accessKeyId, accessKeySecret, region } = emulator;
    const endpoint = `https://imm.${region}.aliyuncs.com`;
    const client = new RPCClient({ endpoint, apiVersion: '2020-09-30', accessKeyId, accessKeySecret });
    expect(await client.request('GenerateWebofficeToken', { ProjectName: 'demo' }, { method: 'POST' })).toMatchObject({
      AccessToken: 't',
    });
  });
});

describe('a function of the options', () => {
  it('is asked with what the call says, and nothing that is secret', async () => {
    const calls: ScriptedCall[] = [];
    const { emulator, client } = await served(
      both({
        DetectImageFaces: (call) => {
          calls.push(call);
          return { reply: { Echo: call.parameters['SourceURI'], Id: call.requestId } };
        },
      }),
    );
    const parameters = { ProjectName: 'demo', SourceURI: 'oss://b/图.jpg', Empty: '' };
    const reply = await client('2020-09-30').request<Record<string, string>>('DetectImageFaces', parameters);
    expect(reply).toMatchObject({ Echo: 'oss://b/图.jpg', Id: reply['RequestId'] });
    const { accountId, region } = emulator;
    expect(calls).toEqual([
      {
        action: 'DetectImageFaces',
        apiVersion: '2020-09-30',
        tenant: { accountId, region },
        project: 'demo',
        parameters: { ProjectName: 'demo', SourceURI: 'oss://b/图.jpg' },
        requestId: reply['RequestId'],
        nowMs: expect.any(Number),
      },
    ]);
  });

  it('may refuse, and may leave a call to the emulator', async () => {
    const decide = ({ project }: ScriptedCall) =>
      project === 'full' ? { refuse: { code: 'LimitExceededError', message: 'Message: no more' } } : undefined;
    const fixture = immFixture({
      replies: { '2020-09-30': { CreateProject: { overrides: true, decide }, DetectImageFaces: decide } },
    });
    const call = (action: string, ProjectName: string) => fixture.call(action, { Version: '2020-09-30', ProjectName });
    expect((await call('CreateProject', 'full')).members['Code']).toBe('LimitExceededError');
    expect((await call('CreateProject', 'demo')).status).toBe(200);
    expect((await call('DetectImageFaces', 'demo')).members['Code']).toBe('InvalidAction.NotFound');
    expect(fixture.service.projects()).toMatchObject([{ name: 'demo' }]);
    expect(fixture.service.replies.list().map(({ answeredCount }) => answeredCount)).toEqual([1, 0]);
  });

  it.each<[answer: unknown, reason: string]>([
    [null, 'expected an object with reply or refuse, received null'],
    ['faces', 'expected an object with reply or refuse, received the text "faces"'],
    [{ Faces: [] }, '.Faces: expected no such member, received a list of 0'],
    [{}, 'expected either reply or refuse, received a value of type object'],
    [{ reply: {}, refuse: { code: 'x' } }, 'expected either reply or refuse, received a value of type object'],
    [{ reply: [] }, '.reply: expected the members of a reply, as an object, received a list of 0'],
    [{ reply: { At: new Date(0) } }, '.reply.At: expected a JSON value, received a value of type object'],
    [{ reply: { Faces: [{ Age: Number.NaN }] } }, '.reply.Faces.0.Age: expected a JSON value, received the number NaN'],
    [{ reply: { 'a b': 1 } }, '.reply.a b: expected a name that XML allows'],
    [{ refuse: { code: '' } }, '.refuse.code: expected string to have >=1 characters, received the text ""'],
    [{ refuse: { code: 'x', status: 200 } }, '.refuse.status: expected number to be >=400, received the number 200'],
    [Promise.resolve({ reply: {} }), 'expected an answer at once, and no promise (the fault delay makes slow ones)'],
    [{ decide: () => undefined }, '.decide: expected no such member'],
  ])('that gives %j is told so with its name, in the reply and in the journal', async (answer, reason) => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    onTestFinished(() => warn.mockRestore());
    const fixture = immFixture({ replies: both({ DetectImageFaces: () => answer as never }) });
    const { status, members } = await fixture.call('DetectImageFaces', { Project: 'demo' });
    expect([status, members['Code']]).toEqual([500, 'InternalError']);
    expect(members['Message']).toContain(`imm.replies.2017-09-06.DetectImageFaces`);
    expect(members['Message']).toContain(reason);
    expect(fixture.context.journal.entries().slice(-2)).toMatchObject([
      { kind: 'request', status: 500, code: 'InternalError' },
      { kind: 'script-failed', action: 'DetectImageFaces', project: 'demo', reason: members['Message'] },
    ]);
    expect(warn).toHaveBeenCalledOnce();
  });

  it('that rejects later is told at once that it must not be asynchronous, and ends no process', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const unhandled: unknown[] = [];
    const listener = (reason: unknown): number => unhandled.push(reason);
    process.on('unhandledRejection', listener);
    onTestFinished(() => {
      warn.mockRestore();
      process.off('unhandledRejection', listener);
    });
    const decide: unknown = async () => {
      throw new Error('later');
    };
    const fixture = immFixture({ replies: both({ DetectImageFaces: decide as never }) });
    expect((await fixture.call('DetectImageFaces')).members['Message']).toContain('and no promise');
    // Told of after the promises of this turn.
    await eventLoopTurn();
    await eventLoopTurn();
    expect(unhandled).toEqual([]);
  });

  it('that throws does nothing but refuse the call, and is asked again the next time', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    onTestFinished(() => warn.mockRestore());
    let isBroken = true;
    const decide = (): undefined => {
      if (isBroken) throw new TypeError('no faces here');
    };
    const fixture = immFixture({ replies: { '2020-09-30': { CreateProject: { overrides: true, decide } } } });
    const before = fixture.service.records();
    const create = () => fixture.call('CreateProject', { Version: '2020-09-30', ProjectName: 'demo' });
    expect((await create()).members).toMatchObject({
      Code: 'InternalError',
      Message: 'imm.replies.2020-09-30.CreateProject: it threw: no faces here',
    });
    expect(fixture.service.records()).toEqual(before);
    isBroken = false;
    expect((await create()).status).toBe(200);
  });
});

describe('an emulated action that a script overrides', () => {
  it('does nothing: no task, no event', async () => {
    const fixture = immFixture({
      replies: {
        '2020-09-30': { CreateOfficeConversionTask: { overrides: true, reply: { EventId: 'e', TaskId: 't' } } },
      },
    });
    const reply = await fixture.call('CreateOfficeConversionTask', { Version: '2020-09-30', ProjectName: 'none' });
    expect(reply.members).toMatchObject({ EventId: 'e', TaskId: 't' });
    await fixture.clock.advanceBy(3_600_000);
    expect(fixture.service.tasks.list()).toEqual([]);
    expect(fixture.published).toEqual([]);
  });
});

describe('replies while it runs', () => {
  it('are set, replaced, and taken away, functions and those of the options as well', async () => {
    const emulator = createEmulator({ imm: { replies: both({ DetectImageFaces: { reply: { From: 'options' } } }) } });
    const call = async (): Promise<unknown> => {
      const { accessKeyId: AccessKeyId, accessKeySecret } = emulator;
      const nowMs = new SystemClock().now();
      const request = rpcRequest({ Action: 'DetectImageFaces', AccessKeyId }, nowMs, { accessKeySecret });
      const { members } = readReply(await emulator.handle(request));
      return members['From'] ?? members['Code'];
    };
    expect(await call()).toBe('options');
    const set = emulator.replies.set('2017-09-06', 'DetectImageFaces', { reply: { From: 'literal' } });
    expect(set).toEqual({
      apiVersion: '2017-09-06',
      action: 'DetectImageFaces',
      reply: { reply: { From: 'literal' } },
      answeredCount: 0,
    });
    expect(await call()).toBe('literal');
    emulator.replies.set('2017-09-06', 'DetectImageFaces', () => ({ reply: { From: 'function' } }));
    expect(await call()).toBe('function');
    expect(emulator.replies.remove('2017-09-06', 'DetectImageFaces')).toMatchObject({ answeredCount: 1 });
    expect(await call()).toBe('InvalidAction.NotFound');
    expect(emulator.replies.remove('2017-09-06', 'DetectImageFaces')).toBeUndefined();
    emulator.replies.set('2017-09-06', 'GetMediaMeta', { reply: {} });
    emulator.replies.clear();
    expect(emulator.replies.list()).toEqual([]);
    emulator.reset();
    expect(await call()).toBe('options');
    expect(emulator.replies.list()).toHaveLength(2);
  });
});
