import RPCClient from '@alicloud/pop-core';
import { SystemClock } from '@mnsbus/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEmulator } from './emulator.js';
import { listen, type EmulatorServer } from './mounts/http.js';
import { alicloudClient, type SdkClient } from './mns/test-support/alicloud-client.js';

// What the two unmodified clients throw when the emulator refuses them, which is what they throw
// against the real services (spec mns §1.8, imm §1.8).

const clock = new SystemClock();
const emulator = createEmulator({ seed: 'refusals', clock });
const { accountId, accessKeyId, accessKeySecret } = emulator;
let server: EmulatorServer;

const mnsClient = (options: object = {}): SdkClient =>
  alicloudClient(accountId, { endpoint: server.endpoint, accessKeyId, accessKeySecret, ...options });

const immClient = (options: object = {}): RPCClient =>
  new RPCClient({ endpoint: server.endpoint, apiVersion: '2017-09-06', accessKeyId, accessKeySecret, ...options });

/** The error that a call ends with. */
async function refusal(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => expect.fail('the call was not refused'),
    (error: unknown) => error,
  );
}

beforeAll(async () => {
  server = await listen(emulator);
  await mnsClient().createQueue('orders');
  await immClient().request('PutProject', { Project: 'demo' });
});

afterAll(async () => {
  await server.close();
});

/** What `@alicloud/mns` throws: code in the name; status, request id, host and message in the text. */
const mnsError = (code: string, status: number, message: string): unknown =>
  expect.objectContaining({
    name: `MNS${code}Error`,
    message: expect.stringMatching(
      new RegExp(`failed with ${status}\\. requestid: [0-9A-F]{24}, hostid: ${server.endpoint}, message: ${message}`),
    ),
  });

interface HttpOptions {
  readonly path: string;
  readonly headers: Record<string, string>;
}

/** Sends a body, and changes the request after it was signed. */
function tampered(change: (options: HttpOptions) => HttpOptions): Promise<unknown> {
  const body = Buffer.from('<Message><MessageBody>hello</MessageBody></Message>');
  return mnsClient().post('/queues/orders/messages?a=b', 'Message', body, [], { beforeRequest: change });
}

describe('@alicloud/mns', () => {
  const MISMATCH = 'The request signature we calculated does not match the signature you provided';

  it('with a wrong secret throws SignatureDoesNotMatch', async () => {
    const error = await refusal(mnsClient({ accessKeySecret: 'wrong' }).getQueueAttributes('orders'));
    expect(error).toEqual(mnsError('SignatureDoesNotMatch', 403, MISMATCH));
  });

  it('with an unknown key throws InvalidAccessKeyId', async () => {
    const error = await refusal(mnsClient({ accessKeyId: 'nobody' }).getQueueAttributes('orders'));
    expect(error).toEqual(mnsError('InvalidAccessKeyId', 403, 'The access Id you provided does not exist\\.'));
  });

  it.each<[string, (options: HttpOptions) => HttpOptions]>([
    ['path', (options) => ({ ...options, path: options.path.replace('orders', 'orderz') })],
    ['query', (options) => ({ ...options, path: options.path.replace('a=b', 'a=c') })],
    ['query, only re-encoded', (options) => ({ ...options, path: options.path.replace('a=b', 'a=%62') })],
    ['content type', (options) => ({ ...options, headers: { ...options.headers, 'content-type': 'text/xmk' } })],
    ['x-mns header', (options) => ({ ...options, headers: { ...options.headers, 'x-mns-extra': '1' } })],
    [
      'signature',
      (options) => ({ ...options, headers: { ...options.headers, authorization: `MNS ${accessKeyId}:AAAA` } }),
    ],
  ])('with a tampered %s throws SignatureDoesNotMatch', async (_, change) => {
    expect(await refusal(tampered(change))).toEqual(mnsError('SignatureDoesNotMatch', 403, MISMATCH));
  });

  it('with a temporary key works, and without its token throws InvalidSecurityToken', async () => {
    const { securityToken, ...key } = emulator.issueSecurityToken();
    expect((await mnsClient({ ...key, securityToken }).getQueueAttributes('orders')).code).toBe(200);
    const error = await refusal(mnsClient(key).getQueueAttributes('orders'));
    expect(error).toEqual(mnsError('InvalidSecurityToken', 403, 'The security token you provided is invalid\\.'));
  });

  it('with a tampered body throws InvalidDigest', async () => {
    const body = Buffer.from('<Message><MessageBody>hello</MessageBody></Message>');
    const client = mnsClient();
    const call = client.post('/queues/orders/messages', 'Message', body, [], {
      // The digest is computed by now; the body is not sent yet.
      beforeRequest: (options: HttpOptions) => {
        body.write('HELLO', body.indexOf('hello'));
        return options;
      },
    });
    expect(await refusal(call)).toEqual(mnsError('InvalidDigest', 400, 'The Content-MD5 you specified is invalid\\.'));
  });

  it.each([
    ['sixteen minutes ago', -16 * 60_000],
    ['in sixteen minutes', 16 * 60_000],
  ])('with a date %s throws TimeExpired', async (_, offsetMs) => {
    const date = new Date(clock.now() + offsetMs).toUTCString();
    const call = mnsClient().get('/queues/orders', 'Queue', { headers: { date, 'x-mns-date': date } });
    expect(await refusal(call)).toEqual(mnsError('TimeExpired', 408, 'The http request you sent is expired\\.'));
  });

  it('left the queue as it was', async () => {
    const { body } = await mnsClient().getQueueAttributes('orders');
    expect(body).toMatchObject({ ActiveMessages: '0', InactiveMessages: '0', DelayMessages: '0' });
  });
});

/** What `@alicloud/pop-core` throws: the code as code and name, and the whole reply as data. */
const immError = (code: string, message: string): unknown =>
  expect.objectContaining({
    name: `${code}Error`,
    code,
    message: expect.stringContaining(message),
    data: {
      RequestId: expect.stringMatching(/^[0-9A-F]{8}-[0-9A-F]{4}-4[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}$/),
      HostId: server.endpoint.replace('http://', ''),
      Code: code,
      Message: expect.stringContaining(message),
    },
  });

const statusOf = (error: unknown): unknown =>
  Reflect.get(Reflect.get(Reflect.get(Object(error), 'entry'), 'response'), 'statusCode');

describe.each(['GET', 'POST'])('@alicloud/pop-core by %s', (method) => {
  const getProject = (options: object = {}, parameters: object = {}): Promise<unknown> =>
    immClient(options).request('GetProject', { Project: 'demo', ...parameters }, { method });

  it('with a wrong secret throws SignatureDoesNotMatch, with the string that was signed after the colon', async () => {
    const error = await refusal(getProject({ accessKeySecret: 'wrong' }));
    expect(error).toEqual(
      immError('SignatureDoesNotMatch', `server string to sign is:${method}&%2F&AccessKeyId%3D${accessKeyId}`),
    );
    expect(statusOf(error)).toBe(400);
  });

  it('with an unknown key throws InvalidAccessKeyId.NotFound', async () => {
    const error = await refusal(getProject({ accessKeyId: 'nobody' }));
    expect(error).toEqual(immError('InvalidAccessKeyId.NotFound', 'Specified access key is not found.'));
    expect(statusOf(error)).toBe(404);
  });

  it('with a temporary key works, and without its token throws MissingSecurityToken', async () => {
    const { securityToken, ...key } = emulator.issueSecurityToken();
    await expect(getProject({ ...key, securityToken })).resolves.toMatchObject({ Project: 'demo' });
    const error = await refusal(getProject(key));
    expect(error).toEqual(immError('MissingSecurityToken', 'SecurityToken is required for this action.'));
    expect(statusOf(error)).toBe(400);
  });

  it('with a tampered parameter throws SignatureDoesNotMatch', async () => {
    // By GET one is changed; by POST, where all are in the body, one is added to the query.
    const beforeRequest = (options: HttpOptions): HttpOptions => ({
      ...options,
      path: method === 'GET' ? options.path.replace('Project=demo', 'Project=demx') : '/?Added=1',
    });
    const call = immClient().request('GetProject', { Project: 'demo' }, { method, beforeRequest });
    expect(await refusal(call)).toEqual(
      immError('SignatureDoesNotMatch', 'Specified signature is not matched with our calculation.'),
    );
  });

  it.each([
    ['stale', -16 * 60_000],
    ['early', 16 * 60_000],
  ])('with a %s timestamp throws InvalidTimeStamp.Expired', async (_, offsetMs) => {
    const Timestamp = new Date(clock.now() + offsetMs).toISOString().replace(/\.\d{3}Z$/, 'Z');
    const error = await refusal(getProject({}, { Timestamp }));
    expect(error).toEqual(immError('InvalidTimeStamp.Expired', 'Specified time stamp or date value is expired.'));
    expect(statusOf(error)).toBe(400);
  });

  it('with a nonce that was used throws SignatureNonceUsed', async () => {
    const SignatureNonce = `nonce-by-${method}`;
    await getProject({}, { SignatureNonce });
    const error = await refusal(getProject({}, { SignatureNonce }));
    expect(error).toEqual(immError('SignatureNonceUsed', 'Specified signature nonce was used already.'));
    expect(statusOf(error)).toBe(400);
  });
});
