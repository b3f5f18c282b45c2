import RPCClient from '@alicloud/pop-core';
import {
  SystemClock,
  type CreateOfficeConversionTaskResult,
  type GetOfficeConversionTaskResult,
  type ProjectResult,
} from '@mnsbus/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CONVERSION, immFixture, type ImmFixture } from './test-support/imm-fixture.js';
import { listen, type EmulatorServer } from '../mounts/http.js';
import { TEST_KEY } from './test-support/rpc-request.js';

// The client stamps its requests with the machine's time, so the emulator's virtual time starts there.
let fixture: ImmFixture;
let server: EmulatorServer;

beforeEach(async () => {
  fixture = immFixture({ startMs: new SystemClock().now(), pageCount: 5 });
  server = await listen(fixture.service);
});

afterEach(async () => {
  await server.close();
});

interface ClientChanges {
  readonly accessKeyId?: string;
  readonly accessKeySecret?: string;
  readonly securityToken?: string;
  readonly apiVersion?: string;
}

const clientOf = (changes: ClientChanges = {}): RPCClient =>
  new RPCClient({
    endpoint: server.endpoint,
    apiVersion: '2017-09-06',
    accessKeyId: TEST_KEY.accessKeyId,
    accessKeySecret: TEST_KEY.accessKeySecret,
    ...changes,
  });

/** What the client throws: it adds "Error" to the code for a name, and its URL to the message. */
const thrown = (code: string, message: string): object =>
  expect.objectContaining({
    name: `${code}Error`,
    code,
    message: expect.stringContaining(message),
    data: expect.objectContaining({ Code: code, HostId: server.endpoint.slice('http://'.length) }),
  });

describe.each(['GET', 'POST'])('@alicloud/pop-core with %s', (method) => {
  const options = { method };

  it('creates a project, converts a document and reads the record', async () => {
    const client = clientOf();
    const project = await client.request<ProjectResult>('PutProject', { Project: 'demo', CU: 2 }, options);
    expect(project).toMatchObject({
      Project: 'demo',
      Type: 'DocStarter',
      CU: 2,
      Endpoint: 'imm.cn-beijing.aliyuncs.com',
    });
    expect(await client.request('GetProject', { Project: 'demo' }, options)).toMatchObject({ Project: 'demo', CU: 2 });

    const parameters = { ...CONVERSION, SrcUri: "oss://bkt/in/图 a~*+(1)!'.docx", HideComments: undefined };
    const created = await client.request<CreateOfficeConversionTaskResult>(
      'CreateOfficeConversionTask',
      parameters,
      options,
    );
    expect(created).toMatchObject({ Status: 'Running', Percent: 0, TgtLoc: 'oss://bkt/out/' });

    const get = (): Promise<GetOfficeConversionTaskResult> =>
      client.request('GetOfficeConversionTask', { Project: 'demo', TaskId: created.TaskId }, options);
    expect(await get()).toMatchObject({ Status: 'Running', SrcUri: parameters.SrcUri });
    await fixture.clock.advanceBy(5000);
    expect(await get()).toMatchObject({
      Status: 'Finished',
      Percent: 100,
      PageCount: 5,
      FailDetail: { Code: 'NoError' },
    });
    expect(fixture.published).toHaveLength(1);
    expect(fixture.published[0]?.body).toContain(`"taskId":"${created.TaskId}"`);
  });

  it('reads the record of a failed conversion without throwing', async () => {
    const client = clientOf();
    await client.request('PutProject', { Project: 'demo' }, options);
    const parameters = { ...CONVERSION, SrcUri: 'oss://bkt/fail-ConvertTimeout/a.docx' };
    const { TaskId } = await client.request<CreateOfficeConversionTaskResult>(
      'CreateOfficeConversionTask',
      parameters,
      options,
    );
    await fixture.clock.advanceBy(5000);
    const record = await client.request('GetOfficeConversionTask', { Project: 'demo', TaskId }, options);
    expect(record).toMatchObject({ Status: 'Failed', FailDetail: { Code: 'ConvertTimeout' } });
  });

  it('is refused with a wrong secret', async () => {
    const request = clientOf({ accessKeySecret: 'wrong' }).request('PutProject', { Project: 'demo' }, options);
    const message = `Specified signature is not matched with our calculation. server string to sign is:${method}&%2F&`;
    await expect(request).rejects.toThrow(thrown('SignatureDoesNotMatch', message));
  });

  it('is refused with an unknown key', async () => {
    const request = clientOf({ accessKeyId: 'nobody' }).request('PutProject', { Project: 'demo' }, options);
    await expect(request).rejects.toThrow(thrown('InvalidAccessKeyId.NotFound', 'Specified access key is not found.'));
  });

  it('is refused with a security token that the key does not have', async () => {
    const request = clientOf({ securityToken: 'token' }).request('PutProject', { Project: 'demo' }, options);
    await expect(request).rejects.toThrow(
      thrown('InvalidSecurityToken.MismatchWithAccessKey', 'Specified SecurityToken mismatch with the AccessKey.'),
    );
  });

  it('is refused when it uses a nonce twice', async () => {
    const client = clientOf();
    const once = { SignatureNonce: 'x' };
    await client.request('ListProjects', once, options);
    await expect(client.request('ListProjects', once, options)).rejects.toThrow(
      thrown('SignatureNonceUsed', 'Specified signature nonce was used already.'),
    );
  });

  it('is refused when its clock is late', async () => {
    const late = new Date(fixture.clock.now() - 16 * 60_000).toISOString();
    const request = clientOf().request('ListProjects', { Timestamp: `${late.slice(0, 19)}Z` }, options);
    await expect(request).rejects.toThrow(
      thrown('InvalidTimeStamp.Expired', 'Specified time stamp or date value is expired.'),
    );
  });

  it('is refused when its timestamp is malformed', async () => {
    const request = clientOf().request('ListProjects', { Timestamp: 'now' }, options);
    await expect(request).rejects.toThrow(
      thrown('InvalidTimeStamp.Format', 'Specified time stamp or date value is not well formatted.'),
    );
  });

  it('is refused with an unknown action', async () => {
    await expect(clientOf().request('DetectImageFaces', {}, options)).rejects.toThrow(
      thrown('InvalidAction.NotFound', 'Specified api is not found, please check your url and method.'),
    );
  });

  it('is refused with an unknown version', async () => {
    await expect(clientOf({ apiVersion: '2015-01-01' }).request('ListProjects', {}, options)).rejects.toThrow(
      thrown('InvalidVersion', 'Specified parameter Version is not valid.'),
    );
  });

  it('is refused with an unknown project', async () => {
    await expect(clientOf().request('GetProject', { Project: 'none' }, options)).rejects.toThrow(
      thrown('InvalidProject.NotFound', 'The resource Project cannot be found. Please check.'),
    );
  });

  it('is refused without a project', async () => {
    await expect(clientOf().request('GetProject', {}, options)).rejects.toThrow(
      thrown('MissingProject', 'Project is mandatory for this action.'),
    );
  });

  it('is refused when it sends the text "undefined" for a number', async () => {
    const request = clientOf().request('PutProject', { Project: 'demo', CU: undefined }, options);
    await expect(request).rejects.toThrow(
      thrown('InvalidParameter.CU.WrongFormat', 'The input parameter CU has invalid format.'),
    );
  });

  it('has its first letters put right by itself', async () => {
    expect(await clientOf().request('putProject', { project: 'demo' }, options)).toMatchObject({ Project: 'demo' });
  });
});
