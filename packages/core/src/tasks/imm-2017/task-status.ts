/** Status of a task of IMM 2017-09-06; a queued task reports `Running` (spec imm §2.8). */
export type LegacyTaskStatus = 'Running' | 'Finished' | 'Failed';

/** A reply that says nothing but that all went well. */
export interface RequestIdResult {
  readonly RequestId: string;
}

/** Which part of a list is asked for (spec imm §2.2). */
export interface LegacyPageRequest {
  /** Only what comes after this name or id. Default from the beginning. */
  readonly Marker?: string;
  /** 1–100. Default 100. */
  readonly MaxKeys?: number;
}

/** What every reply that holds a part of a list has (spec imm §2.2). */
export interface LegacyPageResult {
  readonly RequestId: string;
  /** Only when more remains. */
  readonly NextMarker?: string;
}

/** Who is told that a task has ended; both members are needed for an event (spec imm §2.2, §2.4). */
export interface LegacyNotifyRequest {
  /** MNS endpoint, `http://{accountId}.mns.{region}.aliyuncs.com`, same region as the project. */
  readonly NotifyEndpoint?: string;
  /** MNS topic that gets the event. */
  readonly NotifyTopicName?: string;
}
