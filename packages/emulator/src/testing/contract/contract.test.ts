import { setupServer } from 'msw/node';
import { afterAll, describe, expect, it } from 'vitest';
import { listen } from '../../mounts/http.js';
import { mswHandlers } from '../../mounts/msw.js';
import { createEmulator, type Emulator } from '../../emulator.js';
import { alicloudClient } from '../../mns/test-support/alicloud-client.js';
import { describeContract } from './describe-contract.js';
import { runContract } from './run-contract.js';
import type { ContractTarget } from './contract-target.js';
import { accountFromEnvironment, accountTarget } from './targets/account-target.js';
import { emulatorTarget, type Mount } from './targets/emulator-target.js';
import { sdkClient, type SdkLike } from './targets/sdk-client.js';
import { fetchHandler } from './targets/wire-client.js';

const words = { describe, it };

async function overSocket(served: Emulator): Promise<Mount> {
  const server = await listen(served);
  return { handler: fetchHandler(server.endpoint), close: () => server.close() };
}

function overMsw(served: Emulator): Mount {
  const endpoint = `http://${served.accountId}.mns.${served.region}.aliyuncs.com`;
  const server = setupServer(...mswHandlers(served));
  server.listen({ onUnhandledRequest: 'error' });
  // msw does not tell a handler that its client has gone.
  return { handler: fetchHandler(endpoint), hangUp: false, close: async () => server.close() };
}

describeContract('the direct mount', () => emulatorTarget(), words, { runs: 60, concurrentRuns: 60 });

describeContract(
  'a mount of several storage nodes, in shuffled order',
  () => emulatorTarget({ mns: { stripes: 3, shuffle: true } }),
  words,
  { runs: 30, concurrentRuns: 30 },
);

describeContract('a mount as unkind as the live service', () => emulatorTarget({ profile: 'cloud' }), words, {
  runs: 60,
  concurrentRuns: 60,
});

describeContract('a socket', () => emulatorTarget({ mount: overSocket }), words, { runs: 10, concurrentRuns: 10 });

describeContract('msw', () => emulatorTarget({ mount: overMsw }), words, { runs: 10, concurrentRuns: 10 });

describe('@alicloud/mns 1.2.0 over a socket, in real time', () => {
  const closing: (() => Promise<void>)[] = [];
  afterAll(() => Promise.all(closing.map((close) => close())));

  async function realTime(): Promise<ContractTarget> {
    const emulator = createEmulator({ seed: 'sdk' });
    const server = await listen(emulator);
    closing.push(() => server.close());
    const { accountId, region, accessKeyId, accessKeySecret } = emulator;
    const { endpoint } = server;
    const client = alicloudClient(accountId, { accessKeyId, accessKeySecret, endpoint });
    return accountTarget({
      endpoint,
      accountId,
      region,
      accessKeyId,
      accessKeySecret,
      deterministic: true,
      client: sdkClient(client as unknown as SdkLike),
    });
  }

  describeContract('the official client', realTime, words, { runs: 15, concurrentRuns: 15 });
});

describe('an account from the environment', () => {
  it('is what MNS_CONTRACT_… say, and leaves nothing behind', async () => {
    const emulator = createEmulator({ seed: 'account' });
    const server = await listen(emulator);
    const options = accountFromEnvironment({
      MNS_CONTRACT_ACCOUNT_ID: emulator.accountId,
      MNS_CONTRACT_REGION: emulator.region,
      MNS_CONTRACT_ACCESS_KEY_ID: emulator.accessKeyId,
      MNS_CONTRACT_ACCESS_KEY_SECRET: emulator.accessKeySecret,
      MNS_CONTRACT_ENDPOINT: server.endpoint,
    });
    if (options === undefined) throw new Error('the account was not read');
    const target = accountTarget(options);
    expect(target.capabilities).toMatchObject({ virtualTime: false, slow: false, deterministic: false });
    // So few runs differ much in length: this seed makes about 150 requests, a fresh one perhaps ninety.
    const report = await runContract(target, { runs: 2, concurrentRuns: 3, seed: 1 });
    expect(report.requests).toBeGreaterThan(100);
    const left = { operation: 'ListQueue', method: 'GET', resource: '/queues', root: 'Queues', body: '' } as const;
    expect((await target.call(left)).items.map((item) => item['QueueName'])).toEqual([]);
    await server.close();
  }, 60_000);

  it('is none when nothing is set, and an error when only some is', () => {
    expect(accountFromEnvironment({ HOME: '/' })).toBeUndefined();
    expect(() => accountFromEnvironment({ MNS_CONTRACT_REGION: 'cn-beijing' })).toThrow(
      expect.objectContaining({
        code: 'INVALID_ARGUMENT',
        message: expect.stringContaining('MNS_CONTRACT_ACCOUNT_ID'),
      }),
    );
  });
});

const account = accountFromEnvironment(process.env);
if (account !== undefined) {
  describeContract('the real service', () => accountTarget(account), words, {
    runs: 10,
    concurrentRuns: 10,
    timeoutMs: 3_600_000,
  });
}
