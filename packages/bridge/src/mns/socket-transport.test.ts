import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { SystemClock } from '@mnsbus/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { transportOf } from '../test-support/mounts.js';
import type { MnsPlace } from './sdk-client.js';

afterEach(() => {
  vi.restoreAllMocks();
});

describe('socketTransport', () => {
  const keys = { accountId: '1', accessKeyId: 'ak', accessKeySecret: 'sk', securityToken: 'token' };

  it.each<[string, Omit<MnsPlace, 'accountId'>, string]>([
    ['a region', { region: 'cn-beijing' }, 'https 1.mns.cn-beijing.aliyuncs.com:443'],
    ['a region, and secure', { region: 'cn-beijing', secure: true }, 'https 1.mns.cn-beijing.aliyuncs.com:443'],
    ['a region, and not secure', { region: 'cn-beijing', secure: false }, 'http 1.mns.cn-beijing.aliyuncs.com:80'],
    ['an endpoint of http', { endpoint: 'http://mns.test:9324' }, 'http mns.test:9324'],
    ['an endpoint of https', { endpoint: 'https://mns.test', secure: false }, 'https mns.test:443'],
  ])('with %s goes where it should', async (_, place, expected) => {
    const connections: string[] = [];
    for (const [scheme, agent] of [
      ['http', HttpAgent],
      ['https', HttpsAgent],
    ] as const) {
      vi.spyOn(agent.prototype, 'createConnection').mockImplementation((options: object) => {
        const { host, port } = options as { host?: string; port?: number };
        connections.push(`${scheme} ${host}:${port}`);
        throw new Error('no packet leaves');
      });
    }
    const transport = transportOf({ ...keys, ...place }, new SystemClock());
    const call = transport.call({
      method: 'GET',
      resource: '/queues/q',
      rootName: 'Queue',
      expected: [200],
      body: '',
      timeoutMs: 1000,
    });
    await expect(call).rejects.toMatchObject({ code: 'MNS_UNREACHABLE' });
    expect(connections).toEqual([expected]);
    transport.close();
  });
});
