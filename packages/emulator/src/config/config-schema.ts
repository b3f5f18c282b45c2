import { z } from 'zod';
import type { AccountOptions } from '../runtime/account-options.js';
import { MIN_TASK_BYTES } from '../imm/imm-options.js';
import { MIN_STORED_BYTES, type MnsOptions } from '../mns/mns-options.js';
import { MAX_STRIPES } from '../mns/model/model-settings.js';
import { MOST_OPEN_PUSHES, type PushOptions } from '../mns/push/pushes.js';
import { MIN_JOURNAL_BYTES } from '../runtime/journal.js';
import type { Fault } from '../faults/fault.js';
import { accounts, region, seed } from './sections/identity.js';
import { faults } from './sections/faults.js';
import { queues, topics } from './sections/messaging.js';
import { imm, projects, tasks, type ImmConfig, type TasksConfig } from './sections/imm.js';
import type { ProfileOption } from '../profile/profile.js';
import { profileSchema } from '../profile/read-profile.js';
import { admin, clock, dataDir, server } from './sections/process.js';
import type { AdminConfig, ClockConfig, ServerConfig } from './sections/process.js';
import type { ProjectOptions, QueueOptions, TopicOptions } from './resource-options.js';

/** What a config file may say; everything may be left out. */
export interface EmulatorConfig {
  /** Where the emulator listens. */
  readonly server?: ServerConfig;
  readonly admin?: AdminConfig;
  readonly dataDir?: string;
  readonly seed?: string | number;
  readonly clock?: ClockConfig;
  readonly profile?: ProfileOption;
  readonly region?: string;
  /** The first one is that of requests whose host names none, and its first key the one that is shown. */
  readonly accounts?: readonly AccountOptions[];
  readonly queues?: readonly QueueOptions[];
  readonly topics?: readonly TopicOptions[];
  readonly projects?: readonly ProjectOptions[];
  readonly tasks?: TasksConfig;
  readonly imm?: ImmConfig;
  readonly faults?: readonly Fault[];
  readonly limits?: Pick<MnsOptions, 'maxLongPolls' | 'maxStoredBytes'> & {
    readonly maxTaskBytes?: number;
    readonly journalBytes?: number;
  };
  readonly mns?: Pick<MnsOptions, 'strictQueryNames' | 'oldMessageIds' | 'shuffle' | 'stripes'>;
  readonly push?: Pick<PushOptions, 'hosts' | 'certificateUrl' | 'concurrency'>;
}

const limits: z.ZodType<NonNullable<EmulatorConfig['limits']>> = z
  .strictObject({
    maxLongPolls: z
      .int()
      .min(0)
      .exactOptional()
      .describe('How many receives may wait at once in each account and region. Default without limit.'),
    maxStoredBytes: z
      .int()
      .min(MIN_STORED_BYTES)
      .exactOptional()
      .describe('About how many bytes of memory stored messages may take; more are refused. Default 1073741824.'),
    maxTaskBytes: z
      .int()
      .min(MIN_TASK_BYTES)
      .exactOptional()
      .describe('About how many bytes of memory tasks of IMM may take; more are refused. Default 536870912.'),
    journalBytes: z
      .int()
      .min(MIN_JOURNAL_BYTES)
      .exactOptional()
      .describe('About how many bytes of memory the journal may take; the oldest go. Default 67108864.'),
  })
  .describe('What the emulator has only so much of.');

const mns: z.ZodType<NonNullable<EmulatorConfig['mns']>> = z
  .strictObject({
    strictQueryNames: z
      .boolean()
      .exactOptional()
      .describe('Refuse query names that the API does not have. Default false.'),
    oldMessageIds: z
      .boolean()
      .exactOptional()
      .describe('Message ids of the shape in use until about 2021. Default false.'),
    shuffle: z
      .boolean()
      .exactOptional()
      .describe('Deliver messages of equal priority in an order that the seed decides. Default false.'),
    stripes: z
      .int()
      .min(1)
      .max(MAX_STRIPES)
      .exactOptional()
      .describe('Over how many storage nodes a queue is spread; a receive gets messages of one only. Default 1.'),
  })
  .describe('In what MNS differs from its usual self.');

const push: z.ZodType<NonNullable<EmulatorConfig['push']>> = z
  .strictObject({
    hosts: z
      .array(z.string().min(1))
      .exactOptional()
      .describe('Hosts that topics may push to besides this machine; * stands for all. Default none.'),
    concurrency: z
      .int()
      .min(1)
      .max(MOST_OPEN_PUSHES)
      .exactOptional()
      .describe('How many pushes are under way at once; the others wait. Default 100.'),
    certificateUrl: z.url().exactOptional().describe('Where receivers find the certificate of the pushes.'),
  })
  .describe('How topics push to HTTP endpoints.');

/** What a config file may say, checked. A section is one entry. */
export const configSchema: z.ZodType<EmulatorConfig> = z
  .strictObject({
    $schema: z.string().exactOptional().describe('Where editors find the schema of this file.'),
    server: server.exactOptional(),
    admin: admin.exactOptional(),
    dataDir: dataDir.exactOptional(),
    seed: seed.exactOptional(),
    clock: clock.exactOptional(),
    profile: profileSchema.exactOptional(),
    region: region.exactOptional(),
    accounts: accounts.exactOptional(),
    queues: queues.exactOptional(),
    topics: topics.exactOptional(),
    projects: projects.exactOptional(),
    tasks: tasks.exactOptional(),
    imm: imm.exactOptional(),
    faults: faults.exactOptional(),
    limits: limits.exactOptional(),
    mns: mns.exactOptional(),
    push: push.exactOptional(),
  })
  .describe('Config of mns-emulator: IMM and MNS (SMQ) of Alibaba Cloud on this machine.');
