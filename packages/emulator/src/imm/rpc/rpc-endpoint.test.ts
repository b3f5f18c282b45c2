import { childText, readXml } from '@mnsbus/core/internal';
import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { CONVERSION, TEST_TENANT, immFixture, type ImmFixture, type TestReply } from '../test-support/imm-fixture.js';
import { acs3Request } from '../test-support/acs3-request.js';
import {
  TEST_KEY,
  commonParameters,
  formText,
  rpcRequest,
  signParameters,
  wireRequest,
  type Placement,
  type RpcRequestOptions,
  type TestParameters,
} from '../test-support/rpc-request.js';
import { MAX_FIELDS, MAX_FIELD_BYTES } from './parameters.js';
import { rpcStringToSign } from './signature-v1.js';

const UUID = /^[\dA-F]{8}-[\dA-F]{4}-4[\dA-F]{3}-[89AB][\dA-F]{3}-[\dA-F]{12}$/;
const MINUTE_MS = 60_000;

const at = (fixture: ImmFixture, offsetMs: number): string =>
  new Date(fixture.clock.now() + offsetMs).toISOString().replace(/\.000Z$/, 'Z');

const projectExists = async (fixture: ImmFixture, Project: string = 'demo'): Promise<boolean> =>
  (await fixture.call('GetProject', { Project })).status === 200;

/** A PutProject that one change makes wrong. */
interface Mistake {
  readonly change?: (fixture: ImmFixture) => TestParameters;
  readonly options?: RpcRequestOptions;
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

const missing = (name: string): Mistake => ({
  change: () => ({ [name]: undefined }),
  status: 400,
  code: `Missing${name}`,
  message: `${name} is mandatory for this action.`,
});

const MISTAKES: Readonly<Record<string, Mistake>> = {
  'no AccessKeyId': missing('AccessKeyId'),
  'no Action': missing('Action'),
  'no Version': missing('Version'),
  'no SignatureMethod': missing('SignatureMethod'),
  'no SignatureVersion': missing('SignatureVersion'),
  'no SignatureNonce': missing('SignatureNonce'),
  'no Timestamp': missing('Timestamp'),
  'no Signature': missing('Signature'),
  'no Project': missing('Project'),
  'an unknown key': {
    change: () => ({ AccessKeyId: 'nobody' }),
    status: 404,
    code: 'InvalidAccessKeyId.NotFound',
    message: 'Specified access key is not found.',
  },
  'a security token for a key that has none': {
    change: () => ({ SecurityToken: 'token' }),
    status: 400,
    code: 'InvalidSecurityToken.MismatchWithAccessKey',
    message: 'Specified SecurityToken mismatch with the AccessKey.',
  },
  'another signature method': {
    change: () => ({ SignatureMethod: 'HMAC-SHA256' }),
    status: 400,
    code: 'InvalidSignatureMethod',
    message: 'Specified signature method is not supported.',
  },
  'a key pair for a signature type': {
    change: () => ({ SignatureType: 'PRIVATEKEY' }),
    status: 400,
    code: 'InvalidSignatureMethod',
    message: 'Specified signature method is not supported.',
  },
  'another signature version': {
    change: () => ({ SignatureVersion: '2.0' }),
    status: 400,
    code: 'InvalidSignatureVersion',
    message: 'Specified parameter SignatureVersion is not valid.',
  },
  'a malformed timestamp': {
    change: () => ({ Timestamp: '2018-02-30T00:00:00Z' }),
    status: 400,
    code: 'InvalidTimeStamp.Format',
    message: 'Specified time stamp or date value is not well formatted.',
  },
  'a timestamp too old': {
    change: (fixture) => ({ Timestamp: at(fixture, -15 * MINUTE_MS - 1000) }),
    status: 400,
    code: 'InvalidTimeStamp.Expired',
    message: 'Specified time stamp or date value is expired.',
  },
  'a timestamp too far ahead': {
    change: (fixture) => ({ Timestamp: at(fixture, 15 * MINUTE_MS + 1000) }),
    status: 400,
    code: 'InvalidTimeStamp.Expired',
    message: 'Specified time stamp or date value is expired.',
  },
  'an unknown version': {
    change: () => ({ Version: '2019-01-01' }),
    status: 400,
    code: 'InvalidVersion',
    message: 'Specified parameter Version is not valid.',
  },
  'an unknown action': {
    change: () => ({ Action: 'CreateSet' }),
    status: 404,
    code: 'InvalidAction.NotFound',
    message: 'Specified api is not found, please check your url and method.',
  },
  'an action in another case': {
    change: () => ({ Action: 'putProject' }),
    status: 404,
    code: 'InvalidAction.NotFound',
    message: 'Specified api is not found, please check your url and method.',
  },
  'an unknown path': {
    options: { path: '/v1' },
    status: 404,
    code: 'InvalidAction.NotFound',
    message: 'Specified api is not found, please check your url and method.',
  },
  'another method': {
    options: { method: 'PUT' },
    status: 405,
    code: 'UnsupportedHTTPMethod',
    message: 'This http method is not supported.',
  },
  'an empty project': {
    change: () => ({ Project: '' }),
    status: 400,
    code: 'InvalidParameter.Project.Empty',
    message: 'The input parameter Project is empty. Please refer to document.',
  },
  'a bad project name': {
    change: () => ({ Project: '1st' }),
    status: 400,
    code: 'InvalidParameter.Project',
    message: 'The input parameter Project is not valid. Please refer to document.',
  },
  'a malformed number': {
    change: () => ({ CU: 'many' }),
    status: 400,
    code: 'InvalidParameter.CU.WrongFormat',
    message: 'The input parameter CU has invalid format. Please refer to document.',
  },
  'an action for a project that does not exist': {
    change: () => ({ Action: 'GetProject' }),
    status: 400,
    code: 'InvalidProject.NotFound',
    message: 'The resource Project cannot be found. Please check.',
  },
  'an action for a task that does not exist': {
    change: () => ({ Action: 'GetOfficeConversionTask', Project: 'existing', TaskId: 'none' }),
    status: 400,
    code: 'InvalidTask.NotFound',
    message: 'The resource Task cannot be found. Please check.',
  },
  'a project that exists': {
    change: () => ({ Project: 'existing' }),
    status: 400,
    code: 'InvalidProject.AlreadyExists',
    message: 'The resource Project already exists. Please check.',
  },
  'an unreasonable page size': {
    change: () => ({ Action: 'ListProjects', MaxKeys: '101' }),
    status: 400,
    code: 'InvalidMaxKeys',
    message: 'Specified parameter MaxKeys is not valid.',
  },
};

describe('a request with a mistake', () => {
  describe.each(Object.entries(MISTAKES))('%s', (_, { change, options = {}, status, code, message }) => {
    const send = async (format: string): Promise<{ readonly reply: TestReply; readonly fixture: ImmFixture }> => {
      const fixture = immFixture();
      await fixture.call('PutProject', { Project: 'existing' });
      const parameters = { Project: 'demo', Format: format, ...change?.(fixture) };
      return { reply: await fixture.call('PutProject', parameters, options), fixture };
    };

    it('is answered in JSON to the byte', async () => {
      const { reply } = await send('JSON');
      const requestId = reply.headers.get('x-acs-request-id') ?? '';
      expect(requestId).toMatch(UUID);
      expect([reply.status, reply.headers.get('Content-Type')]).toEqual([status, 'application/json;charset=utf-8']);
      expect(reply.text).toBe(
        `{"RequestId":"${requestId}","HostId":"127.0.0.1:9324","Code":"${code}","Message":"${message}"}`,
      );
    });

    it('is answered in XML to the byte', async () => {
      const { reply } = await send('XML');
      const requestId = reply.headers.get('x-acs-request-id') ?? '';
      expect([reply.status, reply.headers.get('Content-Type')]).toEqual([status, 'text/xml;charset=utf-8']);
      expect(reply.text).toBe(
        `<?xml version="1.0" encoding="UTF-8"?>\n<Error><RequestId>${requestId}</RequestId>` +
          `<HostId>127.0.0.1:9324</HostId><Code>${code}</Code><Message>${message}</Message></Error>`,
      );
    });

    it('changes nothing and is in the journal', async () => {
      const { fixture } = await send('JSON');
      expect(fixture.context.journal.entries('request').at(-1)).toMatchObject({ service: 'imm', status, code });
      expect(await projectExists(fixture)).toBe(false);
    });
  });
});

describe('parameters that cannot be decoded', () => {
  it.each(['X=%', 'X=%FF', '%C3=1', 'X=%ED%A0%80'])(
    'such as %s are refused before anything else, although the rest is signed',
    async (text) => {
      const fixture = immFixture();
      const request = rpcRequest({ Action: 'PutProject', Project: 'demo' }, fixture.clock.now());
      const { status, members } = await fixture.send({ ...request, target: `${request.target}&${text}` });
      expect([status, members['Code'], members['Message']]).toEqual([
        400,
        'InvalidParameter',
        'The resource Paramater is not valid. Please check.',
      ]);
      expect(await projectExists(fixture)).toBe(false);
    },
  );
});

describe('a signature that does not fit', () => {
  const parameters = (fixture: ImmFixture): Record<string, string> => ({
    ...commonParameters(fixture.clock.now()),
    Action: 'PutProject',
    Project: 'demo',
  });

  it.each([
    [
      'of another secret',
      '/r+EAX9BwSN92rtohcJY/gru1co=',
      'SignatureDoesNotMatch',
      'Specified signature is not matched with our calculation. server string to sign is:',
    ],
    [
      'that is no signature',
      'undefined',
      'IncompleteSignature',
      'The request signature does not conform to Aliyun standards. server string to sign is:',
    ],
  ])('%s is refused with the string to sign after the first colon', async (_, Signature, code, message) => {
    const fixture = immFixture();
    const given = parameters(fixture);
    const stringToSign = rpcStringToSign({ method: 'GET', parameters: new Map(Object.entries(given)) });
    const json = await fixture.call('PutProject', { ...given, Signature });
    expect([json.status, json.members['Code'], json.members['Message']]).toEqual([
      400,
      code,
      `${message}${stringToSign}`,
    ]);
    const xml = await fixture.call('PutProject', { ...given, Signature, Format: 'XML' });
    const text = childText(readXml(xml.text), 'Message');
    expect(text?.slice(text.indexOf(':') + 1)).toBe(stringToSign.replace('Format%3DJSON', 'Format%3DXML'));
  });

  it('because of the method is refused', async () => {
    const fixture = immFixture();
    const signed = signParameters('GET', parameters(fixture));
    const reply = await fixture.send(
      wireRequest({
        method: 'POST',
        target: '/',
        headers: [['Content-Type', 'application/x-www-form-urlencoded']],
        body: formText(signed),
      }),
    );
    expect(reply.members['Code']).toBe('SignatureDoesNotMatch');
  });

  it.prop([fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }), fc.boolean()], { numRuns: 300 })(
    'because one byte of a parameter was changed is refused without effect',
    async (which, where, change, inName) => {
      const fixture = immFixture();
      const all = { ...parameters(fixture), SrcUri: 'oss://bkt/图 \u{1F600}\u{FFFD}.docx' };
      const pairs = [...signParameters('GET', all)];
      const escape = (bytes: Uint8Array): string =>
        Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
      const text = pairs.map((pair, index) => {
        const sides = pair.map((side) => Uint8Array.from(Buffer.from(side)));
        const target = index === which % pairs.length ? sides[inName ? 0 : 1] : undefined;
        if (target !== undefined) target[where % target.length] = (target[where % target.length] ?? 0) ^ change;
        return sides.map(escape).join('=');
      });
      const reply = await fixture.send(wireRequest({ method: 'GET', target: `/?${text.join('&')}` }));
      expect(reply.status).toBeGreaterThanOrEqual(400);
      expect(reply.status).toBeLessThan(500);
      expect(await projectExists(fixture)).toBe(false);
    },
  );
});

describe('the order of the checks', () => {
  interface Defect {
    /** Two defects of one field cannot be in one request. */
    readonly field: string;
    readonly code: string;
    readonly parameters?: (fixture: ImmFixture) => TestParameters;
    readonly method?: string;
  }
  const defects: readonly Defect[] = [
    { field: 'method', code: 'UnsupportedHTTPMethod', method: 'DELETE' },
    { field: 'AccessKeyId', code: 'MissingAccessKeyId', parameters: () => ({ AccessKeyId: undefined }) },
    { field: 'Action', code: 'MissingAction', parameters: () => ({ Action: undefined }) },
    { field: 'Version', code: 'MissingVersion', parameters: () => ({ Version: undefined }) },
    { field: 'SignatureNonce', code: 'MissingSignatureNonce', parameters: () => ({ SignatureNonce: '' }) },
    { field: 'Timestamp', code: 'MissingTimestamp', parameters: () => ({ Timestamp: undefined }) },
    { field: 'Signature', code: 'MissingSignature', parameters: () => ({ Signature: undefined }) },
    { field: 'AccessKeyId', code: 'InvalidAccessKeyId.NotFound', parameters: () => ({ AccessKeyId: 'nobody' }) },
    {
      field: 'SecurityToken',
      code: 'InvalidSecurityToken.MismatchWithAccessKey',
      parameters: () => ({ SecurityToken: 'x' }),
    },
    { field: 'SignatureMethod', code: 'InvalidSignatureMethod', parameters: () => ({ SignatureMethod: 'x' }) },
    { field: 'SignatureVersion', code: 'InvalidSignatureVersion', parameters: () => ({ SignatureVersion: 'x' }) },
    { field: 'Timestamp', code: 'InvalidTimeStamp.Format', parameters: () => ({ Timestamp: 'x' }) },
    {
      field: 'Timestamp',
      code: 'InvalidTimeStamp.Expired',
      parameters: (fixture) => ({ Timestamp: at(fixture, -16 * MINUTE_MS) }),
    },
    { field: 'Signature', code: 'IncompleteSignature', parameters: () => ({ Signature: 'x' }) },
    {
      field: 'Signature',
      code: 'SignatureDoesNotMatch',
      parameters: () => ({ Signature: 'Z+GB1rF4DGUtJGfmz87tXzApakw=' }),
    },
    { field: 'SignatureNonce', code: 'SignatureNonceUsed', parameters: () => ({ SignatureNonce: 'used' }) },
    { field: 'Version', code: 'InvalidVersion', parameters: () => ({ Version: '2019-01-01' }) },
    { field: 'Action', code: 'InvalidAction.NotFound', parameters: () => ({ Action: 'None' }) },
    { field: 'TgtUri', code: 'MissingTgtUri', parameters: () => ({ TgtUri: undefined }) },
    { field: 'TgtType', code: 'InvalidParameter.TgtType.Empty', parameters: () => ({ TgtType: '' }) },
    { field: 'SrcUri', code: 'InvalidParameter.SrcUri.WrongFormat', parameters: () => ({ SrcUri: 'x' }) },
    { field: 'DisplayDpi', code: 'InvalidParameter.DisplayDpi', parameters: () => ({ DisplayDpi: '1' }) },
    { field: 'Project', code: 'InvalidProject.NotFound', parameters: () => ({ Project: 'none' }) },
  ];
  const pairs = defects.flatMap((first, index) =>
    defects
      .slice(index + 1)
      .filter((second) => second.field !== first.field)
      .map((second) => [first, second] as const),
  );

  it.each(pairs)('reports $0.code before $1.code', async (first, second) => {
    const fixture = immFixture();
    await fixture.call('PutProject', { Project: 'demo', SignatureNonce: 'used' });
    const parameters = { ...CONVERSION, ...first.parameters?.(fixture), ...second.parameters?.(fixture) };
    const method = first.method ?? second.method ?? 'GET';
    const reply = await fixture.call('CreateOfficeConversionTask', parameters, { method });
    expect(reply.members['Code']).toBe(first.code);
  });
});

describe('timestamps and nonces', () => {
  it.each([-15 * MINUTE_MS, 0, 15 * MINUTE_MS])('accept a clock that is %d ms off', async (offsetMs) => {
    const fixture = immFixture();
    const reply = await fixture.call('PutProject', { Project: 'demo', Timestamp: at(fixture, offsetMs) });
    expect(reply.status).toBe(200);
  });

  it('refuse a replay for as long as its timestamp is accepted, and after that for the timestamp', async () => {
    const fixture = immFixture();
    const request = rpcRequest(
      { Action: 'PutProject', Project: 'demo', Timestamp: at(fixture, 15 * MINUTE_MS) },
      fixture.clock.now(),
    );
    expect((await fixture.send(request)).status).toBe(200);
    for (const waitMs of [0, 15 * MINUTE_MS, 15 * MINUTE_MS - 1, 1]) {
      await fixture.clock.advanceBy(waitMs);
      expect((await fixture.send(request)).members['Code']).toBe('SignatureNonceUsed');
    }
    await fixture.clock.advanceBy(1);
    expect((await fixture.send(request)).members['Code']).toBe('InvalidTimeStamp.Expired');
  });

  it('refuse a used nonce in another request, and take it again after a quarter of an hour', async () => {
    const fixture = immFixture();
    const list = (): Promise<TestReply> => fixture.call('ListProjects', { SignatureNonce: 'once' });
    expect((await list()).status).toBe(200);
    await fixture.clock.advanceBy(15 * MINUTE_MS);
    expect((await list()).members['Code']).toBe('SignatureNonceUsed');
    await fixture.clock.advanceBy(1000);
    expect((await list()).status).toBe(200);
  });

  it('let a request that is not signed right use up no nonce', async () => {
    const fixture = immFixture();
    await fixture.call('ListProjects', { SignatureNonce: 'once' }, { accessKeySecret: 'guess' });
    expect((await fixture.call('ListProjects', { SignatureNonce: 'once' })).status).toBe(200);
  });

  it('let a signed request with a later mistake use up its nonce', async () => {
    const fixture = immFixture();
    expect((await fixture.call('GetProject', { Project: 'none', SignatureNonce: 'once' })).status).toBe(400);
    expect((await fixture.call('ListProjects', { SignatureNonce: 'once' })).members['Code']).toBe('SignatureNonceUsed');
  });

  it('are kept apart by access key', async () => {
    const other = { accessKeyId: 'other', accessKeySecret: 'secret2', accountId: '2' };
    const fixture = immFixture({ keys: [TEST_KEY, other] });
    await fixture.call('ListProjects', { SignatureNonce: 'once' });
    const reply = await fixture.call(
      'ListProjects',
      { SignatureNonce: 'once', AccessKeyId: 'other' },
      { accessKeySecret: 'secret2' },
    );
    expect(reply.status).toBe(200);
  });
});

describe('the shapes in which real clients send requests', () => {
  it.each([
    ['GET, all in the query', 'GET', 'query'],
    ['POST, all in the form', 'POST', 'form'],
    ['POST, all in the query', 'POST', 'query'],
    ['POST, the common ones in the query, the others in the form', 'POST', 'split'],
    ['GET, with a form', 'GET', 'split'],
  ] satisfies readonly (readonly [string, string, Placement])[])('%s', async (_, method, placement) => {
    const fixture = immFixture();
    const reply = await fixture.call('PutProject', { Project: 'demo' }, { method, placement });
    expect([reply.status, reply.members['Project']]).toEqual([200, 'demo']);
  });

  it.each([
    ['an empty SignatureType', { SignatureType: '' }],
    ['a RegionId', { RegionId: 'cn-shanghai' }],
    ['an unknown parameter', { Bucket: 'bkt' }],
    ['a timestamp with microseconds and without Z', { Timestamp: '2026-01-01T00:00:00.123456' }],
    ['Format=json in lower case', { Format: 'json' }],
  ])('with %s', async (_, extra) => {
    const reply = await immFixture().call('PutProject', { Project: 'demo', ...extra });
    expect([reply.status, reply.members['Project']]).toEqual([200, 'demo']);
  });

  it('with Format=None, which means XML', async () => {
    const reply = await immFixture().call('ListProjects', { Format: 'None' });
    expect([reply.status, readXml(reply.text).name]).toEqual([200, 'ListProjectsResponse']);
  });

  it('with action and version in headers only', async () => {
    const reply = await immFixture().call(
      'PutProject',
      { Project: 'demo', Action: undefined, Version: '' },
      {
        headers: [
          ['X-Acs-Action', 'PutProject'],
          ['x-acs-version', '2017-09-06'],
        ],
      },
    );
    expect(reply.members['Project']).toBe('demo');
  });

  it('with an action header in the spelling of the caller, which the parameter overrules', async () => {
    const headers = [['x-acs-action', 'putProject']] as const;
    expect((await immFixture().call('PutProject', { Project: 'demo' }, { headers })).status).toBe(200);
  });

  it('through a proxy, with a whole URL as the target', async () => {
    const reply = await immFixture().call('PutProject', { Project: 'demo' }, { path: 'http://127.0.0.1:9324/' });
    expect(reply.status).toBe(200);
  });

  it.each([
    ['2017-09-06', 'PutProject', { Project: 'demo' }],
    ['2020-09-30', 'CreateProject', { ProjectName: 'demo' }],
  ])('signed in the newer way, for %s: answered in JSON', async (version, action, parameters) => {
    const fixture = immFixture();
    const inQuery = await fixture.send(acs3Request(action, parameters, fixture.clock.now(), { version }));
    expect([inQuery.status, inQuery.headers.get('Content-Type')]).toEqual([200, 'application/json;charset=utf-8']);
    const other = immFixture();
    const inForm = await other.send(acs3Request(action, {}, other.clock.now(), { version, form: parameters }));
    expect(inForm.status).toBe(200);
  });
});

describe('a call that is refused on request', () => {
  it.each([
    ['Throttling', 400, 'Request was denied due to request throttling.'],
    ['Throttling.Api', 400, 'Request was denied due to api flow control.'],
    ['Throttling.User', 400, 'Request was denied due to user flow control.'],
    ['Forbidden.RAM', 403, /^User not authorized to operate on the specified resource/],
    ['NoPermission', 403, /^User not authorized to operate on the specified resource/],
    [
      'AccessDenied',
      403,
      'You are not authorized to operate imm:PutProject on the specified resources acs:imm:cn-beijing:1000000000000001:project/demo',
    ],
    ['InternalError', 500, 'The request processing has failed due to some unknown error.'],
    ['ServiceUnavailable', 503, 'The request has failed due to a temporary failure of the server.'],
  ] as const)('gets %s, and changes nothing', async (code, status, message) => {
    const fixture = immFixture({ refuse: ({ action }) => (action === 'PutProject' ? code : undefined) });
    const reply = await fixture.call('PutProject', { Project: 'demo' });
    expect([reply.status, reply.members['Code']]).toEqual([status, code]);
    expect(reply.members['Message']).toEqual(typeof message === 'string' ? message : expect.stringMatching(message));
    expect((await fixture.call('GetProject', { Project: 'demo' })).members['Code']).toBe('InvalidProject.NotFound');
  });

  it('may be told when to come again', async () => {
    const fixture = immFixture({ refuse: () => ({ code: 'Throttling.User', retryAfterMs: 1500 }) });
    const reply = await fixture.call('ListProjects');
    expect(reply.headers.get('x-acs-retry-after')).toBe('1500');
  });

  it('is described to the one who decides, once its sender is known', async () => {
    const calls: object[] = [];
    const fixture = immFixture({ refuse: (call) => void calls.push(call) });
    await fixture.call('PutProject', { Project: 'demo' });
    await fixture.call('PutProject', { Project: 'demo' }, { accessKeySecret: 'wrong' });
    expect(calls).toEqual([{ action: 'PutProject', apiVersion: '2017-09-06', tenant: TEST_TENANT, project: 'demo' }]);
  });
});

describe('the tenant of a request', () => {
  const put = (fixture: ImmFixture, host: string, extra: TestParameters = {}, options = {}): Promise<TestReply> =>
    fixture.call('PutProject', { Project: 'demo', ...extra }, { headers: [['Host', host]], ...options });

  it.each([
    ['imm.cn-shanghai.aliyuncs.com', 'cn-shanghai'],
    ['imm-vpc.cn-hangzhou.aliyuncs.com', 'cn-hangzhou'],
    ['IMM.CN-Shenzhen.aliyuncs.com:443', 'cn-shenzhen'],
    ['localhost:9324', TEST_TENANT.region],
    ['imm.aliyuncs.com', TEST_TENANT.region],
    ['imm.cn-shanghai.aliyuncs.com.evil.example', TEST_TENANT.region],
  ])('has the region of host %s: %s', async (host, region) => {
    const { members } = await put(immFixture(), host);
    expect([members['RegionId'], members['Endpoint']]).toEqual([region, `imm.${region}.aliyuncs.com`]);
  });

  it('keeps regions and accounts apart', async () => {
    const other = { accessKeyId: 'other', accessKeySecret: 'secret2', accountId: '2' };
    const fixture = immFixture({ keys: [TEST_KEY, other] });
    const host = 'imm.cn-beijing.aliyuncs.com';
    const statuses = [
      await put(fixture, host),
      await put(fixture, 'imm.cn-shanghai.aliyuncs.com'),
      await put(fixture, host, { AccessKeyId: 'other' }, { accessKeySecret: 'secret2' }),
      await put(fixture, host),
    ].map(({ status }) => status);
    expect(statuses).toEqual([200, 200, 200, 400]);
  });

  it.each([
    ['imm.cn-shanghai.aliyuncs.com', 'imm.cn-shanghai.aliyuncs.com'],
    ['[::1]:9324', '[::1]:9324'],
    ['<script>', 'imm.cn-beijing.aliyuncs.com'],
    ['', 'imm.cn-beijing.aliyuncs.com'],
  ])('is named in errors: host %s as %s', async (host, hostId) => {
    const reply = await put(immFixture(), host, { CU: 'x' });
    expect(reply.members['HostId']).toBe(hostId);
  });
});

describe('a request with more than is read', () => {
  it.each([
    ['parameters', 'p=1&'.repeat(MAX_FIELDS + 1), `more than ${MAX_FIELDS} parameters`],
    ['bytes', `p=${'x'.repeat(MAX_FIELD_BYTES)}`, `more than ${MAX_FIELD_BYTES} bytes of parameters`],
  ])('is refused for its %s before anybody asks who sent it', async (_, body, excess) => {
    const { send, context } = immFixture();
    const request = wireRequest({ method: 'POST', target: '/?Format=JSON', body });
    const { status, members } = await send(request);
    expect(members).toMatchObject({
      Code: 'InvalidParameter',
      Message: `The request has ${excess}, which is more than this emulator reads.`,
    });
    expect(status).toBe(400);
    expect(context.journal.requests({ code: 'InvalidParameter' })).toHaveLength(1);
  });
});
