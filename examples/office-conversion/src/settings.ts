/** Where the example runs, and on what. */
export interface Settings {
  readonly accountId: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken: string | undefined;
  /** Base URLs; `undefined` for the services' own addresses in the region. */
  readonly endpoint: string | undefined;
  readonly project: string;
  readonly topicName: string;
  readonly queueName: string;
  /** The documents, one conversion each. */
  readonly sourceUris: readonly string[];
  readonly targetUri: string;
}

const NAMES = { project: 'mnsbus-demo', topicName: 'imm-events', queueName: 'imm-events' };

const CLOUD_VARIABLES = [
  'ALIBABA_CLOUD_ACCESS_KEY_ID',
  'ALIBABA_CLOUD_ACCESS_KEY_SECRET',
  'ALIBABA_CLOUD_ACCOUNT_ID',
  'ALIBABA_CLOUD_REGION',
  'IMM_SOURCE_URI',
  'IMM_TARGET_URI',
] as const;

/** What is needed of an emulator to run on it. */
export interface LocalEmulator {
  readonly accountId: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
}

/** Settings for an emulator that listens at `endpoint`. */
export function emulatorSettings(emulator: LocalEmulator, endpoint: string): Settings {
  const { accountId, region, accessKeyId, accessKeySecret } = emulator;
  return {
    ...NAMES,
    accountId,
    region,
    accessKeyId,
    accessKeySecret,
    securityToken: undefined,
    endpoint,
    sourceUris: ['report.docx', 'slides.pptx', 'budget.xlsx'].map((name) => `oss://demo-bucket/in/${name}`),
    targetUri: 'oss://demo-bucket/out',
  };
}

/**
 * Settings for Alibaba Cloud from the environment; `undefined` when no access key is set.
 *
 * Throws when a key is set but something else that is needed is not.
 */
export function cloudSettings(environment: Readonly<Record<string, string | undefined>>): Settings | undefined {
  const value = (name: (typeof CLOUD_VARIABLES)[number]): string => environment[name] ?? '';
  if (value('ALIBABA_CLOUD_ACCESS_KEY_ID') === '') return undefined;
  const missing = CLOUD_VARIABLES.filter((name) => value(name) === '');
  if (missing.length > 0) {
    throw new Error(
      `ALIBABA_CLOUD_ACCESS_KEY_ID is set, so this runs on Alibaba Cloud; set ${missing.join(', ')} as well, or unset it`,
    );
  }
  return {
    ...NAMES,
    accountId: value('ALIBABA_CLOUD_ACCOUNT_ID'),
    region: value('ALIBABA_CLOUD_REGION'),
    accessKeyId: value('ALIBABA_CLOUD_ACCESS_KEY_ID'),
    accessKeySecret: value('ALIBABA_CLOUD_ACCESS_KEY_SECRET'),
    securityToken: environment['ALIBABA_CLOUD_SECURITY_TOKEN'],
    endpoint: undefined,
    sourceUris: Array.from({ length: 3 }, () => value('IMM_SOURCE_URI')),
    targetUri: value('IMM_TARGET_URI'),
  };
}

/** The address that IMM publishes to: the account's MNS, in the project's own region. */
export function notifyEndpoint({ endpoint, accountId, region }: Settings): string {
  return endpoint ?? `http://${accountId}.mns.${region}.aliyuncs.com`;
}
