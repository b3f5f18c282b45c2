export { createEmulator } from './emulator.js';
export type { Emulator, EmulatorOptions } from './emulator.js';
export type {
  DeliveryFault,
  DeliveryMatch,
  Fault,
  FaultKind,
  FaultSubjectMember,
  MessageFault,
  MessageMatch,
  RequestFault,
  RequestMatch,
  TaskFault,
  TaskMatch,
} from './faults/fault.js';
export { faultSchema } from './faults/fault-schema.js';
export type { EmulatorFaults, FaultHandle } from './faults/faults.js';
export { openEmulator } from './open-emulator.js';
export type { OpenEmulatorOptions, PersistentEmulator } from './open-emulator.js';
export type { StoreNews } from './store/store-news.js';
export type { ResetOptions } from './emulator-state.js';
export { SNAPSHOT_FORMAT, SNAPSHOT_VERSION } from './snapshot.js';
export type { EmulatorSnapshot } from './snapshot.js';
export type {
  ImmApiVersion,
  ProjectOptions,
  QueueOptions,
  ResourceOptions,
  SubscriptionOptions,
  TenantOptions,
  TopicOptions,
} from './config/resource-options.js';
export type { ImmOptions, PerConversion, PerTask } from './imm/imm-options.js';
export type {
  DecideAnswer,
  ImmReplies,
  LiteralReply,
  OverridingReply,
  ScriptedAnswer,
  ScriptedCall,
  ScriptedMembers,
  ScriptedRefusal,
  ScriptedReply,
} from './imm/replies/imm-replies.js';
export type { OtherAction2017, OtherAction2020 } from './imm/replies/documented-actions.js';
export type { EmulatorReplies, ScriptedAction } from './imm/replies/replies.js';
export type { TaskOutcome as EmulatedTaskOutcome, TaskState } from './imm/model/task.js';
export type { ImmCall, ProvokedImmCode, ProvokedImmFault } from './imm/rpc/provoked-fault.js';
export type { Distribution, Milliseconds } from './imm/script/distribution.js';
export type { EventOptions } from './imm/script/event-script.js';
export type { ScriptedFailure, ScriptedTask, TaskDecision, TaskRule } from './imm/script/task-decision.js';
export type { EmulatedTask, EmulatorTasks, TaskPageChoice } from './imm/tasks-by-hand.js';
export type { ProvokedCode } from './mns/failure.js';
export type { MnsCall, MnsOptions } from './mns/mns-options.js';
export type { TenantChoice } from './operator/chosen-tenant.js';
export type {
  EmulatorInspection,
  InspectedAccount,
  InspectedRegion,
  MessagePageChoice,
  NamePageChoice,
  PageChoice,
} from './operator/inspection.js';
export type {
  EmulatorOperator,
  MessageSelection,
  PublishRequest,
  RedriveRequest,
  Redriven,
  SendRequest,
} from './operator/operator.js';
export type { OperatorFact } from './runtime/operator-fact.js';
export type { Page } from './runtime/sorted-map.js';
export type { QueueView, TopicView } from './mns/model/commands.js';
export type { MessageProperty } from './mns/model/message-properties.js';
export type { SentMessage } from './mns/model/message.js';
export type { StoredMessageView } from './mns/model/stored-message-view.js';
export type { Subscription } from './mns/model/subscription.js';
export type { PendingDelivery } from './mns/deliveries.js';
export type { HousedProject } from './imm/housed.js';
export type { AccessKeyOptions, AccountOptions } from './runtime/account-options.js';
export type { SecurityTokenRequest, TemporaryCredentials } from './runtime/security-tokens.js';
export type { AdminAccessOptions } from './admin/access.js';
export { listen } from './mounts/http.js';
export type { EmulatorServer, ListenOptions, Served } from './mounts/http.js';
export { CERTIFICATE_PATH } from './mns/push/pushes.js';
export type { PushOptions } from './mns/push/pushes.js';
export type { PushRequest } from './mns/push/push-request.js';
export type { PushAnswer, PushSender } from './mns/push/push-sender.js';
export { Journal } from './runtime/journal.js';
export type { ExpectedCount, JournalOptions, JournalSubject } from './runtime/journal.js';
export type { EntryFilter, EntryOf, EntryPattern, JournalEntry } from './runtime/journal-entry.js';
export type { JournalFact, QueueMessage } from './runtime/journal-fact.js';
export type { Hint, HintCode } from './runtime/hints/hint.js';
export { PROFILES } from './profile/profile.js';
export type { Behaviours, ChangedProfile, PacedCall, Profile, ProfileName, ProfileOption } from './profile/profile.js';
export { openChoices } from './open-choices.js';
export type { OpenChoice } from './open-choice.js';
