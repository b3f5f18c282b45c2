import type { EmulatorOptions } from '../emulator.js';
import type { TaskRule } from '../imm/script/task-decision.js';
import type { AccessKeyOptions } from '../runtime/account-options.js';
import { defined } from '../runtime/defined.js';
import type { EmulatorConfig } from './config-schema.js';
import type { TaskRuleConfig } from './sections/imm.js';

/** What a config file tells an emulator; where it listens, what time it is there, and who operates it, is for whoever runs it. */
export function emulatorOptions(config: EmulatorConfig): EmulatorOptions {
  const {
    seed,
    profile,
    region,
    accounts = [],
    tasks,
    imm,
    faults,
    limits,
    mns,
    push,
    queues,
    topics,
    projects,
  } = config;
  const { journalBytes, maxTaskBytes: maxStoredBytes, ...mnsLimits } = limits ?? {};
  const [first] = accounts;
  const firstKey = first?.accessKeys.find(({ inactive }) => inactive !== true);
  return {
    ...defined({ seed, profile, region, push, faults }),
    ...(first === undefined || firstKey === undefined ? {} : ownAccount(first.accountId, firstKey)),
    accounts: accounts
      .map(({ accountId, accessKeys }) => ({ accountId, accessKeys: accessKeys.filter((key) => key !== firstKey) }))
      .filter(({ accessKeys }) => accessKeys.length > 0),
    ...(tasks === undefined && imm === undefined && maxStoredBytes === undefined
      ? {}
      : { imm: { ...tasks, ...imm, ...defined({ maxStoredBytes }), rules: (tasks?.rules ?? []).map(taskRule) } }),
    mns: { ...mns, ...mnsLimits },
    ...defined({ journalBytes }),
    resources: defined({ queues, topics, projects }),
  };
}

function ownAccount(
  accountId: string,
  { accessKeyId, accessKeySecret }: AccessKeyOptions,
): Pick<EmulatorOptions, 'accountId' | 'accessKeyId' | 'accessKeySecret'> {
  return { accountId, accessKeyId, accessKeySecret };
}

/** The schema sees to it that a rule has either of the two. */
function taskRule({ sourceUri, sourcePattern, ...decision }: TaskRuleConfig): TaskRule {
  return { ...decision, sourceUri: sourcePattern === undefined ? (sourceUri ?? '') : new RegExp(sourcePattern) };
}
