import { fc, it } from '@fast-check/vitest';
import { SystemClock, type WireRequest } from '@mnsbus/core';
import { afterAll, describe, expect } from 'vitest';
import { createEmulator } from './emulator.js';
import { rpcRequest, wireRequest } from './imm/test-support/rpc-request.js';
import { signedRequest } from './mns/test-support/mns-fixture.js';

// One thread answers everybody: a request of four times the length may take about four times as long, and not sixteen.

const clock = new SystemClock();
const emulator = createEmulator({
  resources: {
    queues: [{ name: 'q' }],
    topics: [{ name: 't' }],
    projects: [{ apiVersions: ['2020-09-30'], name: 'demo' }],
  },
});
afterAll(() => emulator.close());

const KEY = { accessKeyId: 'emuKey', accessKeySecret: 'emuSecret' };
const imm = (parameters: Record<string, string>): WireRequest =>
  rpcRequest({ AccessKeyId: KEY.accessKeyId, ...parameters }, clock.now(), {
    method: 'POST',
    accessKeySecret: KEY.accessKeySecret,
  });
const imm2020 = (parameters: Record<string, string>): WireRequest =>
  imm({ Version: '2020-09-30', ProjectName: 'demo', ...parameters });
const mns = (method: string, target: string, body = ''): WireRequest =>
  signedRequest(clock.now(), method, target, body, { key: KEY });
const withHeader = (name: string, value: string): WireRequest => ({
  ...mns('GET', '/queues/q'),
  headers: [...mns('GET', '/queues/q').headers.filter(([key]) => key.toLowerCase() !== name), [name, value]],
});
const ACS3 = 'ACS3-HMAC-SHA256 Credential=emuKey,Signature=00,SignedHeaders=';

/** Where a hostile text goes. */
const PLACES: Readonly<Record<string, (text: string) => WireRequest>> = {
  'an unsigned form': (text) => wireRequest({ method: 'POST', target: '/', body: text }),
  'a query of IMM': (text) => wireRequest({ method: 'GET', target: `/?${text}` }),
  'a target of MNS': (text) => mns('GET', `/queues/${text}`),
  'a query of MNS': (text) => mns('GET', `/queues/q/messages?${text}`),
  'a whole target': (text) => wireRequest({ method: 'GET', target: text }),
  'a body of MNS': (text) => mns('POST', '/queues/q/messages', text),
  'an endpoint': (text) =>
    mns('PUT', '/topics/t/subscriptions/s', `<Subscription><Endpoint>${text}</Endpoint></Subscription>`),
  'a tag': (text) =>
    mns(
      'POST',
      '/topics/t/messages',
      `<Message><MessageBody>b</MessageBody><MessageTag>${text}</MessageTag></Message>`,
    ),
  'an authorization': (text) => withHeader('authorization', text),
  'an authorization of MNS': (text) => withHeader('authorization', `MNS4-HMAC-SHA256 Credential=${text}`),
  'an authorization of IMM': (text) =>
    wireRequest({
      method: 'POST',
      target: '/?Action=A&Version=2020-09-30',
      headers: [['authorization', `${ACS3}${text}`]],
    }),
  'a host': (text) => withHeader('host', text),
  'a date': (text) => withHeader('date', text),
  'a digest': (text) => withHeader('content-md5', text),
  'a source': (text) =>
    imm2020({ Action: 'CreateFigureClusteringTask', DatasetName: 'd', SourceURI: `oss://bkt/${text}` }),
  sources: (text) =>
    imm2020({
      Action: 'CreateFacesSearchingTask',
      DatasetName: 'd',
      Sources: JSON.stringify([{ URI: `oss://bkt/${text}` }]),
    }),
  pages: (text) =>
    imm2020({ Action: 'CreateOfficeConversionTask', SourceURI: 'oss://bkt/a', TargetType: 'png', Pages: text }),
  'a notification': (text) =>
    imm2020({ Action: 'CreateOfficeConversionTask', SourceURI: 'oss://bkt/a', TargetType: 'png', Notification: text }),
  'a notify endpoint': (text) =>
    imm2020({
      Action: 'CreateOfficeConversionTask',
      SourceURI: 'oss://bkt/a',
      TargetType: 'png',
      TargetURIPrefix: 'oss://bkt/b',
      NotifyTopicName: 't',
      NotifyEndpoint: text,
    }),
};

const unit = fc
  .array(
    fc.constantFrom(
      'a',
      '0',
      'Z',
      '/',
      '.',
      ',',
      ' ',
      '=',
      '&',
      '%41',
      '+',
      ':',
      ';',
      '-',
      '{"a":',
      '[',
      ']',
      '"',
      '<a>',
      '</a>',
      '\n',
    ),
    {
      minLength: 1,
      maxLength: 3,
    },
  )
  .map((parts) => parts.join(''));

const LENGTH = 8192;

async function fastestMs(
  requestOf: (text: string) => WireRequest,
  repeated: string,
  length: number,
  end: string,
): Promise<number> {
  let fastest = Infinity;
  for (let run = 0; run < 3; run += 1) {
    const request = requestOf(`${repeated.repeat(Math.ceil(length / repeated.length))}${end}`);
    const startedAt = clock.monotonic();
    await emulator.handle(request);
    fastest = Math.min(fastest, clock.monotonic() - startedAt);
  }
  return fastest;
}

/** Whether four times the length takes much more than four times as long: a machine that is busy may say so once, not always. */
async function growsFaster(requestOf: (text: string) => WireRequest, repeated: string, end: string): Promise<boolean> {
  for (let attempt = 0; attempt < 4; attempt += 1) {
    const once = await fastestMs(requestOf, repeated, LENGTH, end);
    const fourTimes = await fastestMs(requestOf, repeated, 4 * LENGTH, end);
    if (fourTimes < 9 * once + 25) return false;
  }
  return true;
}

describe('the work of a request', () => {
  it.prop([fc.constantFrom(...Object.keys(PLACES)), unit, fc.constantFrom('', '!', '/', '\u0001')], {
    numRuns: 120,
    endOnFailure: true,
  })('grows with the length of what is sent, not with its square', async (place, repeated, end) => {
    const requestOf = PLACES[place];
    expect(requestOf === undefined || (await growsFaster(requestOf, repeated, end))).toBe(false);
  });
});
