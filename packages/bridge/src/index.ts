export { createBridge } from './bridge.js';
export type { Bridge, CloseOptions, EventsWith } from './bridge.js';
export type { DeliveryCounters } from './consume/counters.js';
export type { BridgeHealth, QueueHealth } from './consume/health.js';
export type {
  AccessKeys,
  Credentials,
  CredentialsFact,
  CredentialsProvider,
  ProvidedKeys,
} from './credentials/credentials.js';
export type { Claim, Deduplicator } from './dedup/deduplicator.js';
export { createMemoryDeduplicator } from './dedup/memory-deduplicator.js';
export type { MemoryDeduplicatorOptions } from './dedup/memory-deduplicator.js';
export type { EmittedEvents } from './dispatch/bus-emitter.js';
export type { EventIterator, StreamedEvent } from './dispatch/event-stream.js';
export type { Listener, ListenerContext, ListenerMap, RetryOptions } from './dispatch/listener.js';
export type { Listening } from './dispatch/listening.js';
export { createImm } from './imm/imm-client.js';
export type { AskOptions, Imm, ImmActions, SubmitOptions, SubmittedTask, TaskMethods } from './imm/imm-client.js';
export { ImmEffectUnknownError, ImmServiceError, TaskFailedError, TaskOutcomeUnknownError } from './imm/imm-error.js';
export type { ImmApiVersion, ImmOptions } from './imm/imm-options.js';
export type { FinishedTask } from './imm/task-ends.js';
export type { TaskWaiter } from './imm/task-waiter.js';
export type { Delivery, PushDelivery, QueueDelivery, UserProperty } from './mns/delivery.js';
export { MnsServiceError } from './mns/mns-error.js';
export type { MnsConnection, MnsPlace } from './mns/sdk-client.js';
export type { BridgeOptions } from './options/bridge-options.js';
export type { BridgeSettings, LeaseSettings } from './options/bridge-settings.js';
export type { PollerState } from './poll/poller.js';
export { describePlan } from './provision/plan.js';
export type { AttributeChange, PlanStep } from './provision/plan.js';
export { createProvisioner } from './provision/provisioner.js';
export type { Provisioner, ProvisionerOptions, WaitForResourcesOptions } from './provision/provisioner.js';
export type { QueueSpec, Resources, SubscriptionSpec, TopicSpec } from './provision/resources.js';
export { createPushHandler } from './push/push-handler.js';
export type { CertificateOptions, PushHandler, PushHandlerOptions } from './push/push-handler.js';
export type { FetchCertificate } from './push/certificate-store.js';
export type { PushRefusal, PushRefusalReason } from './push/push-refusal.js';
export type { PushSink, PushVerdict, PushedMessage } from './push/push-sink.js';
export type { NotifyStrategy } from './push/topic-retries.js';
export type { BridgeStatus, DeadLetterCause, QueueFact } from './status/bridge-status.js';
export type { StatusListener } from './status/status-feed.js';
export { processChannel, receiveChannel, settleChannel } from './telemetry/channels.js';
export type { ProcessTrace, ReceiveTrace, SettleTrace, Trace } from './telemetry/channels.js';
export type { EventMatch, Matched, TaskMatch } from './wait/match.js';
export type { WaitOptions } from './wait/waiters.js';
