import { afterEach, describe, expect, it } from 'vitest';
import RPCClient from '@alicloud/pop-core';
import { createEmulator, type Emulator, type EmulatorOptions } from '../emulator.js';
import { alicloudClient, field, type SdkClient } from '../mns/test-support/alicloud-client.js';
import { listen, type EmulatorServer } from '../mounts/http.js';
import { parseConfig } from './config-file.js';
import { emulatorOptions } from './emulator-options.js';

let server: EmulatorServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

interface World {
  readonly emulator: Emulator;
  readonly mns: SdkClient;
  readonly imm: (apiVersion: string) => RPCClient;
  readonly as: (accountId: string, accessKeyId: string, accessKeySecret: string, host?: string) => SdkClient;
}

async function serve(options: EmulatorOptions): Promise<World> {
  const emulator = createEmulator(options);
  server = await listen(emulator);
  const { endpoint } = server;
  const { accountId, accessKeyId, accessKeySecret } = emulator;
  return {
    emulator,
    mns: alicloudClient(accountId, { endpoint, accessKeyId, accessKeySecret }),
    as: (owner, id, secret) => alicloudClient(owner, { endpoint, accessKeyId: id, accessKeySecret: secret }),
    imm: (apiVersion) => new RPCClient({ endpoint, apiVersion, accessKeyId, accessKeySecret }),
  };
}

const CONFIG = `
region: cn-hangzhou
seed: 7
accounts:
  - accountId: '42'
    accessKeys:
      - {accessKeyId: off, accessKeySecret: s0, inactive: true}
      - {accessKeyId: ak, accessKeySecret: sk}
      - {accessKeyId: ak2, accessKeySecret: sk2}
  - accountId: '43'
    accessKeys: [{accessKeyId: other, accessKeySecret: so}]
queues:
  - {name: q, visibilityTimeoutSeconds: 77, delaySeconds: 1}
  - {name: q, visibilityTimeoutSeconds: 77, delaySeconds: 1}
topics:
  - name: t
    maximumMessageBytes: 2048
    subscriptions:
      - {name: s, queue: q, notifyContentFormat: SIMPLIFIED, filterTag: x}
projects:
  - {name: both}
  - {name: old, apiVersions: ['2017-09-06']}
tasks:
  durationMs: 0
  rules:
    - sourceUri: oss://bucket/broken/
      fail: {code: ConvertTimeout}
    - sourcePattern: '\\.pptx$'
      hold: true
limits: {maxLongPolls: 9}
mns: {oldMessageIds: true}
`;

describe('the resources of a config file', () => {
  it('are what requests would have made', async () => {
    const { emulator, mns, imm, as } = await serve(emulatorOptions(parseConfig(CONFIG, 'c').config));
    expect(emulator).toMatchObject({ accountId: '42', region: 'cn-hangzhou', accessKeyId: 'ak', seed: '7' });
    const queue = await mns.getQueueAttributes('q');
    expect(field(queue.body, 'VisibilityTimeout')).toBe('77');
    // Asked for again, alike: 204, not 201.
    expect((await mns.createQueue('q', { VisibilityTimeout: 77, DelaySeconds: 1 })).code).toBe(204);
    const subscription = await mns.get('/topics/t/subscriptions/s', 'Subscription');
    expect(subscription.body).toMatchObject({
      Endpoint: 'acs:mns:cn-hangzhou:42:queues/q',
      FilterTag: 'x',
      NotifyContentFormat: 'SIMPLIFIED',
      NotifyStrategy: 'BACKOFF_RETRY',
    });
    expect(await imm('2017-09-06').request('GetProject', { Project: 'old' })).toMatchObject({ Project: 'old' });
    expect(await imm('2020-09-30').request('GetProject', { ProjectName: 'both' })).toMatchObject({
      Project: { ProjectName: 'both' },
    });
    await expect(imm('2020-09-30').request('GetProject', { ProjectName: 'old' })).rejects.toMatchObject({
      code: 'ResourceNotFound',
    });
    expect((await as('42', 'ak2', 'sk2').getQueueAttributes('q')).code).toBe(200);
    await expect(as('42', 'off', 's0').getQueueAttributes('q')).rejects.toThrow(/InvalidAccessKeyId|access Id/);
  });

  it('follow the scripts of the file', async () => {
    const { emulator, imm } = await serve(emulatorOptions(parseConfig(CONFIG, 'c').config));
    const convert = (SrcUri: string): Promise<unknown> =>
      imm('2017-09-06').request('CreateOfficeConversionTask', {
        Project: 'old',
        SrcUri,
        TgtUri: 'oss://bucket/out',
        TgtType: 'pdf',
      });
    await convert('oss://bucket/broken/a.docx');
    await convert('oss://bucket/slow.pptx');
    await expect.poll(() => emulator.journal.entries('task-ended')).toMatchObject([{ code: 'ConvertTimeout' }]);
    expect(emulator.tasks.list()).toHaveLength(2);
  });

  it.each<[resources: NonNullable<EmulatorOptions['resources']>, message: string]>([
    [
      { queues: [{ name: 'q' }, { name: 'q', delaySeconds: 9 }] },
      'resources.queues[1]: QueueAlreadyExist: The queue you want to create is already exist.',
    ],
    [{ queues: [{ name: '-q' }] }, 'resources.queues[0].name: The queue name you provided is invalid.'],
    [{ queues: [{ name: 'q', delaySeconds: -1 }] }, 'resources.queues[0]: InvalidArgument: '],
    [
      { queues: [{ name: 'q', accountId: '9' }] },
      'resources.queues[0].accountId: expected an account that has keys, received 9',
    ],
    [{ topics: [{ name: 't' }, { name: 't', loggingEnabled: true }] }, 'resources.topics[1]: TopicAlreadyExist'],
    [
      { topics: [{ name: 't', subscriptions: [{ name: 's' }] }] },
      'resources.topics[0].subscriptions[0]: expected either queue or endpoint',
    ],
    [
      {
        queues: [{ name: 'q', maximumMessageBytes: 1024 }],
        topics: [{ name: 't', subscriptions: [{ name: 's', queue: 'q' }] }],
      },
      'resources.topics[0].subscriptions[0]: InvalidArgument',
    ],
    [
      {
        topics: [
          {
            name: 't',
            subscriptions: [
              { name: 's', queue: 'q' },
              { name: 's', queue: 'p' },
            ],
          },
        ],
      },
      'resources.topics[0].subscriptions[1]: SubscriptionAlreadyExist',
    ],
    [{ projects: [{ name: 'a_b' }] }, 'resources.projects[0].name: expected for 2017-09-06 1 to 50 letters'],
    [
      { projects: [{ name: '1', apiVersions: ['2020-09-30'] }] },
      'resources.projects[0].name: expected for 2020-09-30 1 to 128 letters',
    ],
  ])('%j cannot be made', (resources, message) => {
    expect(() => createEmulator({ resources })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(message) }),
    );
  });

  it('may belong to another account and region, as its clients see them', async () => {
    const { emulator } = await serve({
      accounts: [{ accountId: '43', accessKeys: [{ accessKeyId: 'o', accessKeySecret: 's' }] }],
      resources: {
        queues: [{ name: 'q', accountId: '43', region: 'cn-shanghai' }],
        projects: [{ name: 'x_1', apiVersions: ['2020-09-30'] }],
      },
    });
    expect(emulator.hints()).toEqual([]);
    const mine = alicloudClient(emulator.accountId, {
      endpoint: server?.endpoint,
      accessKeyId: emulator.accessKeyId,
      accessKeySecret: emulator.accessKeySecret,
    });
    await expect(mine.getQueueAttributes('q')).rejects.toThrow(/QueueNotExist|not exist/);
  });
});
