import { createRequire } from 'node:module';
import RPCClient from '@alicloud/pop-core';
import { VirtualClock, decodeEvents, outcomeOf } from '@mnsbus/core';
import { createEmulator, listen, type Emulator, type EmulatorServer } from '@mnsbus/emulator';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

// The client is CommonJS whose default export Node cannot see.
const require = createRequire(import.meta.url);
const { default: OpenApiClient, Config, OpenApiRequest, Params }: OpenApiModule = require('@alicloud/openapi-client');
const { RuntimeOptions }: { readonly RuntimeOptions: Model } = require('@alicloud/tea-util');
const MNSClient: new (accountId: string, options: object) => MnsClient = require('@alicloud/mns');

type Members = Readonly<Record<string, unknown>>;

/** A class of the client's that only keeps members. */
type Model = new (members: object) => object;

interface OpenApiModule {
  readonly default: new (config: object) => {
    callApi(params: object, request: object, runtime: object): Promise<{ readonly body: Members }>;
  };
  readonly Config: Model;
  readonly OpenApiRequest: Model;
  readonly Params: Model;
}

interface MnsClient {
  createQueue(name: string): Promise<unknown>;
  createTopic(name: string): Promise<unknown>;
  put(resource: string, rootName: string, body: Buffer): Promise<unknown>;
  receiveMessage(queueName: string, waitSeconds: number): Promise<{ readonly body: { readonly MessageBody: string } }>;
}

/** How one client calls an action, and what it raises when it is refused. */
interface Caller {
  readonly call: (action: string, version: string, parameters: Readonly<Record<string, string>>) => Promise<Members>;
}

interface Credentials {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken?: string;
}

let emulator: Emulator;
let server: EmulatorServer;

beforeEach(async () => {
  emulator = createEmulator({
    imm: { durationMs: 20, events: { publishLagMs: 1 } },
    accounts: [
      {
        accountId: '2000000000000002',
        accessKeys: [{ accessKeyId: 'off', accessKeySecret: 'secret', inactive: true }],
      },
    ],
    seed: 'openapi',
  });
  server = await listen(emulator);
});
afterEach(() => server.close());

/** Serves another emulator in place of the usual one. */
async function served(other: Emulator): Promise<EmulatorServer> {
  await server.close();
  return listen(other);
}

function popCore(method: 'GET' | 'POST', credentials: Credentials): Caller {
  return {
    call: (action, version, parameters) =>
      new RPCClient({ ...credentials, endpoint: server.endpoint, apiVersion: version }).request(action, parameters, {
        method,
      }),
  };
}

function openApi(signatureAlgorithm: string | undefined, credentials: Credentials, form: boolean = false): Caller {
  return {
    call: async (action, version, parameters) => {
      const config = new Config({
        ...credentials,
        endpoint: new URL(server.endpoint).host,
        protocol: 'HTTP',
        ...(signatureAlgorithm === undefined ? {} : { signatureAlgorithm }),
      });
      const params = new Params({
        action,
        version,
        protocol: 'HTTP',
        pathname: '/',
        method: 'POST',
        authType: 'AK',
        style: 'RPC',
        reqBodyType: 'formData',
        bodyType: 'json',
      });
      const request = new OpenApiRequest(form ? { body: parameters } : { query: parameters });
      const reply = await new OpenApiClient(config).callApi(params, request, new RuntimeOptions({}));
      return reply.body;
    },
  };
}

const CALLERS: readonly (readonly [string, (credentials: Credentials) => Caller])[] = [
  ['pop-core by GET', (credentials) => popCore('GET', credentials)],
  ['pop-core by POST', (credentials) => popCore('POST', credentials)],
  ['openapi-client with ACS3, in the query', (credentials) => openApi(undefined, credentials)],
  ['openapi-client with ACS3, in a form', (credentials) => openApi(undefined, credentials, true)],
  ['openapi-client with version 1', (credentials) => openApi('v2', credentials)],
];

/** Puts messages into a queue of which the test reads. */
async function createQueue(): Promise<() => Promise<string>> {
  const { accountId, accessKeyId, accessKeySecret } = emulator;
  const mns = new MNSClient(accountId, { accessKeyId, accessKeySecret, endpoint: server.endpoint });
  await mns.createQueue('ends');
  await mns.createTopic('ends');
  const endpoint = `acs:mns:${emulator.region}:${accountId}:queues/ends`;
  const subscription = `<Subscription><Endpoint>${endpoint}</Endpoint><NotifyContentFormat>SIMPLIFIED</NotifyContentFormat></Subscription>`;
  await mns.put('/topics/ends/subscriptions/ends', 'Subscription', Buffer.from(subscription));
  return async () => (await mns.receiveMessage('ends', 10)).body.MessageBody;
}

describe.each(CALLERS)('%s', (name, callerOf) => {
  it('drives a conversion of 2020-09-30 from the project to the event', async () => {
    const { call } = callerOf(emulator);
    const nextMessage = await createQueue();
    const version = '2020-09-30';
    await call('CreateProject', version, { ProjectName: 'demo' });
    const created = await call('CreateOfficeConversionTask', version, {
      ProjectName: 'demo',
      SourceURI: 'oss://bkt/in/a b~*+(1)ä.docx',
      TargetType: 'png',
      TargetURIPrefix: 'oss://bkt/out',
      Notification: '{"MNS":{"TopicName":"ends"}}',
      UserData: 'order-17',
    });
    const [event] = decodeEvents(await nextMessage());
    expect(event?.name).toBe('imm:Task:OfficeConversion');
    expect(event === undefined ? undefined : outcomeOf(event)).toMatchObject({
      taskId: created['TaskId'],
      succeeded: true,
      userData: 'order-17',
    });
    const task = await call('GetTask', version, {
      ProjectName: 'demo',
      TaskType: 'OfficeConversion',
      TaskId: String(created['TaskId']),
    });
    expect(task).toMatchObject({ Status: 'Succeeded', Progress: 100, EventId: created['EventId'] });
    await call('DeleteProject', version, { ProjectName: 'demo' });
  });

  it('drives a conversion of 2017-09-06 from the project to the event', async () => {
    const { call } = callerOf(emulator);
    const nextMessage = await createQueue();
    const version = '2017-09-06';
    await call('PutProject', version, { Project: 'demo' });
    const created = await call('CreateOfficeConversionTask', version, {
      Project: 'demo',
      SrcUri: 'oss://bkt/fail-ConvertTimeout/a.docx',
      TgtUri: 'oss://bkt/out',
      TgtType: 'png',
      NotifyTopicName: 'ends',
      NotifyEndpoint: `http://${emulator.accountId}.mns.${emulator.region}.aliyuncs.com`,
    });
    const [event] = decodeEvents(await nextMessage());
    expect(event === undefined ? undefined : outcomeOf(event)).toMatchObject({
      taskId: created['TaskId'],
      succeeded: false,
      code: 'ConvertTimeout',
    });
    const task = await call('GetOfficeConversionTask', version, {
      Project: 'demo',
      TaskId: String(created['TaskId']),
    });
    expect(task).toMatchObject({ Status: 'Failed', FailDetail: { Code: 'ConvertTimeout' } });
  });

  it('sees a failed task of 2020-09-30 as its own reading of replies has it', async () => {
    const { call } = callerOf(emulator);
    const version = '2020-09-30';
    await call('CreateProject', version, { ProjectName: 'demo' });
    const { TaskId } = await call('CreateVideoModerationTask', version, {
      ProjectName: 'demo',
      SourceURI: 'oss://bkt/fail-InternalError/v.mp4',
    });
    const get = (): Promise<Members> =>
      call('GetTask', version, { ProjectName: 'demo', TaskType: 'VideoModeration', TaskId: String(TaskId) });
    await expect.poll(() => emulator.tasks.get(String(TaskId)).state).toBe('failed');
    // pop-core takes any Code in a reply for an error of the call, although the status is 200 (spec imm §0, no. 9).
    if (name.startsWith('pop-core')) {
      await expect(get()).rejects.toMatchObject({
        name: 'InternalErrorError',
        code: 'InternalError',
        data: { Status: 'Failed', TaskId, Code: 'InternalError' },
      });
    } else expect(await get()).toMatchObject({ Status: 'Failed', Code: 'InternalError', TaskId });
  });

  it.each([
    ['InvalidAccessKeyId.NotFound', { accessKeyId: 'nobody', accessKeySecret: 'secret' }],
    ['InvalidAccessKeyId.Inactive', { accessKeyId: 'off', accessKeySecret: 'secret' }],
    ['SignatureDoesNotMatch', { accessKeyId: 'emuKey', accessKeySecret: 'wrong' }],
    [
      'InvalidSecurityToken.MismatchWithAccessKey',
      { accessKeyId: 'emuKey', accessKeySecret: 'emuSecret', securityToken: 'CAISnone' },
    ],
  ])('raises %s', async (code, credentials) => {
    const raised: unknown = await callerOf(credentials)
      .call('ListProjects', '2017-09-06', {})
      .catch((error: unknown) => error);
    expect(raised).toBeInstanceOf(Error);
    expect(raised).toMatchObject({ code });
    if (name.startsWith('pop-core')) expect(raised).toMatchObject({ name: `${code}Error`, data: { Code: code } });
    else expect(raised).toMatchObject({ data: { Code: code, statusCode: code.endsWith('NotFound') ? 404 : 400 } });
  });

  it('raises what a temporary key can be refused for', async () => {
    const clock = new VirtualClock(Date.now());
    const timed = createEmulator({ clock });
    server = await served(timed);
    const { accessKeyId, accessKeySecret, securityToken } = timed.issueSecurityToken({ durationSeconds: 1 });
    const list = (credentials: Credentials): Promise<unknown> =>
      callerOf(credentials).call('ListProjects', '2020-09-30', {});
    await expect(list({ accessKeyId, accessKeySecret })).rejects.toMatchObject({ code: 'MissingSecurityToken' });
    await clock.advanceBy(1000);
    await expect(list({ accessKeyId, accessKeySecret, securityToken })).rejects.toMatchObject({
      code: 'InvalidSecurityToken.Expired',
    });
  });

  it.each([-16, 16])('raises that its clock is wrong by %i minutes', async (minutes) => {
    server = await served(createEmulator({ clock: new VirtualClock(Date.now() - minutes * 60_000) }));
    await expect(callerOf(emulator).call('ListProjects', '2020-09-30', {})).rejects.toMatchObject({
      code: 'InvalidTimeStamp.Expired',
    });
  });

  it.each([
    ['Throttling.User', 400],
    ['AccessDenied', 403],
    ['ServiceUnavailable', 503],
  ] as const)('raises %s when it is refused with it', async (code, statusCode) => {
    server = await served(createEmulator({ imm: { refuse: () => code } }));
    const call = callerOf(emulator).call('GetProject', '2020-09-30', { ProjectName: 'demo' });
    await expect(call).rejects.toMatchObject(
      name.startsWith('pop-core') ? { name: `${code}Error`, code } : { code, data: { statusCode } },
    );
  });

  it('works with temporary keys', async () => {
    const { accessKeyId, accessKeySecret, securityToken } = emulator.issueSecurityToken();
    const { call } = callerOf({ accessKeyId, accessKeySecret, securityToken });
    expect(await call('ListProjects', '2017-09-06', {})).toMatchObject({ Projects: [] });
  });

  it('raises what is wrong with the parameters', async () => {
    const { call } = callerOf(emulator);
    await expect(call('CreateProject', '2020-09-30', { ProjectName: '1x' })).rejects.toMatchObject({
      code: 'InvalidArgument',
    });
    await expect(call('NoSuchAction', '2020-09-30', {})).rejects.toMatchObject({ code: 'InvalidAction.NotFound' });
    await expect(call('ListProjects', '2019-01-01', {})).rejects.toMatchObject({ code: 'InvalidVersion' });
  });
});
