import { fc, it as prop } from '@fast-check/vitest';
import { SystemClock } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import { mnsSignature } from '../../../mns/rest/signature.js';
import { createQueue, deleteMessage, getQueueAttributes, sendMessage } from '../requests.js';
import { sdkClient } from './sdk-client.js';
import { signRequest } from './sign-request.js';
import { Traffic } from './traffic.js';
import { wireClient } from './wire-client.js';

const keys = { accessKeyId: 'emuKey', accessKeySecret: 'emuSecret' };
const empty = { status: 204, headers: [], body: new Uint8Array() };

describe('a request of the suite', () => {
  prop.prop([fc.stringMatching(/^[A-Za-z0-9+/=-]{1,40}$/), fc.constantFrom('raw', 'encoded', 'lower case')])(
    'is signed as the emulator would sign it, though by other code',
    (handle, spelling) => {
      const { method, target, headers } = signRequest(deleteMessage('q', handle, spelling), keys, 1_767_225_600_000);
      const unsigned = headers.filter(([name]) => name !== 'Authorization');
      const { accessKeySecret } = keys;
      const signature = mnsSignature({ accessKeySecret, method, resource: target, headers: unsigned });
      expect(headers.at(-1)).toEqual(['Authorization', `MNS emuKey:${signature}`]);
    },
  );

  it('that meets a page of something in between has no known outcome', async () => {
    const gateway = wireClient(
      async () => ({ ...empty, status: 200, body: Buffer.from('<html/>') }),
      keys,
      new SystemClock(),
    );
    await expect(gateway(sendMessage('q', { body: 'x' }))).rejects.toMatchObject({ code: 'MNS_UNREACHABLE' });
  });
});

describe('the official client', () => {
  it('tells refusals of the service from calls without an answer', async () => {
    const failing = (name: string) =>
      sdkClient({ request: () => Promise.reject(Object.assign(new Error('no'), { name })) });
    const request = getQueueAttributes('q');
    expect(await failing('MNSQueueNotExistError')(request)).toEqual({ status: 0, code: 'QueueNotExist', items: [] });
    await expect(failing('RequestTimeoutError')(request)).rejects.toThrow('no');
  });
});

describe('traffic', () => {
  it('has settled when what was sent has arrived, and what was written was read', async () => {
    const traffic = new Traffic();
    const steps: string[] = [];
    let deliver = (): void => {};
    let answer = (): void => {};
    const handler = traffic.handler(async () => {
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      return empty;
    });
    const onTheWay = new Promise<void>((resolve) => {
      deliver = resolve;
    });
    const call = traffic.client(async (request) => {
      await onTheWay;
      const reply = await handler(signRequest(request, keys, 0));
      return { status: reply.status, items: [] };
    });
    await traffic.settled();
    const reply = call(createQueue('q'));
    const arrived = traffic.settled().then(() => steps.push('settled'));
    steps.push('sent');
    deliver();
    await arrived;
    expect(steps).toEqual(['sent', 'settled']);
    answer();
    expect((await reply).status).toBe(204);
    await traffic.settled();
  });

  it('does not count what was given up before it was sent', async () => {
    const traffic = new Traffic();
    const call = traffic.client(() => Promise.reject(new Error('never called')));
    await expect(call({ ...createQueue('q'), signal: AbortSignal.abort(new Error('gone')) })).rejects.toThrow('gone');
    await traffic.settled();
  });
});
