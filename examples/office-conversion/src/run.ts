import { createEmulator, listen, type ProfileName } from '@mnsbus/emulator';
import { receiveRawMessages } from './article.js';
import { comparePollingAndEvents, type Comparison } from './compare.js';
import { createImm } from './imm.js';
import { createMns, createTopicAndQueue } from './mns.js';
import { report } from './report.js';
import { cloudSettings, emulatorSettings, type Settings } from './settings.js';

/** How fast the demonstration goes on the emulator. */
export interface Pace {
  /** How long the conversions take, in milliseconds, in turn. */
  readonly taskMs: readonly [number, ...number[]];
  /** Milliseconds between two polls. */
  readonly pollMs: number;
}

/** Slow enough to watch. */
export const WATCHABLE: Pace = { taskMs: [2500, 4200, 5400], pollMs: 1000 };

/**
 * Runs the whole example, on Alibaba Cloud when the environment names an access key, else on an emulator of its own; that is as unkind
 * as the live service with `MNS_EMULATOR_PROFILE=cloud`.
 */
export async function run(
  environment: Readonly<Record<string, string | undefined>>,
  pace: Pace,
  print: (line: string) => void,
): Promise<Comparison> {
  const cloud = cloudSettings(environment);
  if (cloud !== undefined) {
    print(`Alibaba Cloud, account ${cloud.accountId}, region ${cloud.region}`);
    return tour(cloud, pace, print);
  }
  let created = 0;
  const durationMs = (): number => pace.taskMs[created++ % pace.taskMs.length] ?? pace.taskMs[0];
  const profile: ProfileName = environment['MNS_EMULATOR_PROFILE'] === 'cloud' ? 'cloud' : 'kind';
  const emulator = createEmulator({ profile, imm: { durationMs } });
  const server = await listen(emulator);
  try {
    print(`emulator of IMM and MNS at ${server.endpoint} (set ALIBABA_CLOUD_ACCESS_KEY_ID to run on Alibaba Cloud)`);
    return await tour(emulatorSettings(emulator, server.endpoint), pace, print);
  } finally {
    await server.close();
  }
}

async function tour(settings: Settings, { pollMs }: Pace, print: (line: string) => void): Promise<Comparison> {
  const imm = createImm(settings);
  const mns = createMns(settings);
  await imm.putProject();
  await createTopicAndQueue(mns, settings);
  print(`project ${settings.project}; topic ${settings.topicName} → queue ${settings.queueName}`);

  print('\n1. As in the article: raw messages\n');
  await receiveRawMessages(imm, mns, settings, print);

  print('\n2. With the bus, and polling beside it\n');
  const comparison = await comparePollingAndEvents(imm, settings, pollMs, print);
  print(`\n${report(comparison, pollMs)}\n`);
  return comparison;
}
