import { describe, expect, it } from 'vitest';
import { notifyTenant } from './notify-endpoint.js';

const tenant = { accountId: '1000000000000001', region: 'cn-beijing' };

describe('a NotifyEndpoint', () => {
  it.each([
    'http://1000000000000001.mns.cn-beijing.aliyuncs.com',
    'http://1000000000000001.mns.cn-beijing.aliyuncs.com/',
    'https://1000000000000001.mns.cn-beijing.aliyuncs.com:443/',
    'http://1000000000000001.mns.cn-beijing-internal.aliyuncs.com',
    'http://1000000000000001.mns.cn-beijing-internal-vpc.aliyuncs.com',
    'http://1000000000000001.mns.cn-beijing-vpc.aliyuncs.com',
    'http://1000000000000001.mns.cn-beijing-control.aliyuncs.com',
    ' http://1000000000000001.mns.cn-beijing.aliyuncs.com/topics/t?x=1#y ',
    'HTTP://1000000000000001.MNS.CN-BEIJING.ALIYUNCS.COM',
    '1000000000000001.mns.cn-beijing.aliyuncs.com',
    'http://127.0.0.1:9324',
    'http://localhost:9324/',
    'http://example.com/1000000000000002.mns.cn-shanghai.aliyuncs.com/x',
    'undefined',
    'http://not-a-number.mns.cn-shanghai.aliyuncs.com',
  ])('%s means the own tenant of the task', (endpoint) => {
    expect(notifyTenant(endpoint, tenant)).toEqual({ ok: true, tenant });
  });

  it.each([
    ['http://1000000000000002.mns.cn-beijing.aliyuncs.com', 'account 1000000000000002 in cn-beijing'],
    ['http://1000000000000001.mns.cn-shanghai.aliyuncs.com/', 'account 1000000000000001 in cn-shanghai'],
    ['http://1000000000000001.mns.cn-shanghai.aliyuncs.com/topics/t', 'account 1000000000000001 in cn-shanghai'],
    ['1000000000000001.mns.cn-shanghai.aliyuncs.com:80?x=1', 'account 1000000000000001 in cn-shanghai'],
    [' http://1000000000000001.mns.cn-shanghai.aliyuncs.com//', 'account 1000000000000001 in cn-shanghai'],
    ['https://1.mns.ap-southeast-1-internal.aliyuncs.com', 'account 1 in ap-southeast-1'],
    ['http://1000000000000001.mns.cn-beijing-2.aliyuncs.com', 'account 1000000000000001 in cn-beijing-2'],
  ])('%s means somebody else', (endpoint, named) => {
    expect(notifyTenant(endpoint, tenant)).toEqual({
      ok: false,
      reason: `NotifyEndpoint names ${named}, but the task belongs to account 1000000000000001 in cn-beijing`,
    });
  });
});
