/** Status of a task of IMM 2020-09-30 (spec imm §4.4). */
export type ImmTaskStatus = 'Running' | 'Succeeded' | 'Failed';

/** Who is told of the end of a task: one of the two transports, in the project's region (spec imm §4.2). */
export interface ImmNotification {
  readonly MNS?: {
    readonly TopicName: string;
    /** Accepted and ignored. */
    readonly Endpoint?: string;
  };
  readonly RocketMQ?: { readonly InstanceId: string; readonly TopicName: string };
  /** An OSS object for the details of big results, which no message holds. */
  readonly ExtendedMessageURI?: string;
}

/** On whose behalf a task reads and writes (spec imm §4.2). */
export interface ImmCredentialConfig {
  readonly ServiceRole?: string;
  readonly Policy?: string;
  readonly Chain?: readonly {
    readonly AssumeRoleFor?: string;
    readonly Role?: string;
    readonly RoleType?: string;
  }[];
}

/** A request about one project. */
export interface ImmProjectRequest {
  /** 1–128 letters, digits, hyphens and underscores, first a letter or an underscore. */
  readonly ProjectName: string;
}

/** What every request that creates a task may have (spec imm §4.2). */
export interface ImmTaskRequest extends ImmProjectRequest {
  readonly Notification?: ImmNotification;
  /** The flat form of 2022; both must be there. Ignored beside `Notification`. */
  readonly NotifyEndpoint?: string;
  readonly NotifyTopicName?: string;
  /** Given back by replies and events; at most 2048 bytes. */
  readonly UserData?: string;
  /** Free words, which `ListTasks` can select by. */
  readonly Tags?: Readonly<Record<string, string>>;
  readonly CredentialConfig?: ImmCredentialConfig;
}

/** Reply to an action that creates a task (spec imm §4.2). */
export interface CreateImmTaskResult {
  readonly RequestId: string;
  /** The id of the message that will tell of its end. */
  readonly EventId: string;
  readonly TaskId: string;
}

/** Reply to an action that starts something without a task of its own (spec imm §4.2). */
export interface ImmEventResult {
  readonly RequestId: string;
  readonly EventId: string;
}

/** Reply that says nothing but that it was done. */
export interface ImmRequestIdResult {
  readonly RequestId: string;
}

/** An object in OSS. */
export interface ImmSource {
  /** `oss://bucket/object`. */
  readonly URI: string;
}
