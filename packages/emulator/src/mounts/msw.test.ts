import RPCClient from '@alicloud/pop-core';
import { HttpResponse, http } from 'msw';
import { setupServer, type SetupServer } from 'msw/node';
import { afterEach, describe, expect, it } from 'vitest';
import { createEmulator } from '../emulator.js';
import { mswHandlers, type MswHandlersOptions } from './msw.js';
import { alicloudClient, field } from '../mns/test-support/alicloud-client.js';

const emulator = createEmulator({ seed: 'msw' });
const { accountId, accessKeyId, accessKeySecret } = emulator;

let network: SetupServer | undefined;

function intercept(options?: MswHandlersOptions): void {
  network = setupServer(...mswHandlers(emulator, options));
  network.listen({ onUnhandledRequest: 'error' });
}

afterEach(() => {
  network?.close();
});

describe('mswHandlers', () => {
  it.each([
    { region: 'cn-beijing' },
    { region: 'cn-beijing', internal: true },
    { region: 'cn-beijing', internal: true, vpc: true },
    { region: 'cn-beijing', secure: true },
  ])('answers MNS at its real address with %j', async (where) => {
    intercept();
    const client = alicloudClient(accountId, { ...where, accessKeyId, accessKeySecret });
    await client.createQueue('q');
    const text = '<&>"\' 智能🎬';
    await client.sendMessage('q', { MessageBody: text.replaceAll('&', '&amp;').replaceAll('<', '&lt;') });
    const { body } = await client.receiveMessage('q');
    expect(field(body, 'MessageBody')).toBe(text);
    // The handle goes into the query raw, and must come out as it went in.
    const handle = String(field(body, 'ReceiptHandle'));
    expect(handle).toContain('=');
    expect(await client.deleteMessage('q', handle)).toMatchObject({ code: 204 });
    await client.deleteQueue('q');
  });

  it.each([
    'http://imm.cn-beijing.aliyuncs.com',
    'https://imm.cn-beijing.aliyuncs.com',
    'https://imm-vpc.cn-beijing.aliyuncs.com',
  ])('answers IMM at %s, by GET and by POST', async (endpoint) => {
    intercept();
    const client = new RPCClient({ endpoint, apiVersion: '2017-09-06', accessKeyId, accessKeySecret });
    const project = `demo-${endpoint.length}`;
    expect(await client.request('PutProject', { Project: project }, { method: 'POST' })).toMatchObject({
      Project: project,
    });
    expect(await client.request('GetProject', { Project: project })).toMatchObject({ Project: project });
  });

  it('answers at further addresses, with and without a slash at their end', async () => {
    intercept({ endpoints: ['http://mns.test', 'http://other.test:8080/'] });
    for (const endpoint of ['http://mns.test', 'http://other.test:8080']) {
      const client = alicloudClient(accountId, { endpoint, accessKeyId, accessKeySecret });
      expect(await client.createQueue('further')).toMatchObject({
        headers: { location: `${endpoint}/queues/further` },
      });
    }
  });

  it.each([
    'http://example.com/',
    'http://1.mns.cn-beijing.aliyuncs.com.evil.test/',
    'http://imm.aliyuncs.com/',
    'http://ecs.cn-beijing.aliyuncs.com/',
  ])('leaves %s alone', async (url) => {
    network = setupServer(
      ...mswHandlers(emulator),
      http.all('*', () => HttpResponse.text('somebody else')),
    );
    network.listen();
    expect(await (await fetch(url)).text()).toBe('somebody else');
  });

  it('throws the service’s own errors through the client', async () => {
    intercept();
    const client = alicloudClient(accountId, { region: 'cn-beijing', accessKeyId, accessKeySecret: 'wrong' });
    await expect(client.createQueue('q')).rejects.toMatchObject({ name: 'MNSSignatureDoesNotMatchError' });
  });
});
