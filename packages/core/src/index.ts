export { MnsbusError } from './errors.js';
export type { MnsbusErrorCode, MnsbusErrorInput } from './errors.js';
export { monotonicMs, sleep } from './clock/clock.js';
export type { Activity } from './clock/activity.js';
export type { Clock, Timer, TimerOptions } from './clock/clock.js';
export { SystemClock } from './clock/system-clock.js';
export { CLOCK_MODES, SteerableClock } from './clock/steerable-clock.js';
export type { ClockMode, SteerableClockOptions } from './clock/steerable-clock.js';
export { VirtualClock } from './clock/virtual-clock.js';
export type { AutoAdvance } from './clock/virtual-clock.js';
export { SeededRandom, freshSeed } from './random/seeded-random.js';
export { md5Hex } from './md5.js';
export type { WireHandler, WireRequest, WireResponse } from './wire.js';
export { decodeNotification } from './notification/decode-notification.js';
export type { DecodeNotificationOptions } from './notification/decode-notification.js';
export type { NotificationEnvelope, NotificationFormat, TopicNotification } from './notification/topic-notification.js';
export { fromCloudEvent, toCloudEvent } from './events/cloud-event.js';
export type { CloudEvent } from './events/cloud-event-form.js';
export { createEventRegistry } from './events/create-registry.js';
export type {
  AnyCustomType,
  CustomEventMap,
  EventRegistry,
  EventRegistryOptions,
  RegistryEvent,
} from './events/create-registry.js';
export { defineEvent } from './events/custom-event.js';
export type { CustomEvent, CustomEventDefinition, CustomEventOf, CustomEventType } from './events/custom-event.js';
export { deduplicationKeyOf } from './events/deduplication-key.js';
export type { EventCarrier } from './events/deduplication-key.js';
export { encodeEvents } from './events/encode-events.js';
export type { BusEvent, EventForm, JsonObject, UnknownEvent } from './events/event.js';
export { matchesPattern } from './events/event-pattern.js';
export type { EventOf, EventPattern, MatchedName } from './events/event-pattern.js';
export type { AcsEvent, RawAcsEvent } from './events/acs-event.js';
export type { AcsEnvelope, CloudEventEnvelope, ImmEnvelope } from './events/envelopes.js';
export type { FieldIssue } from './events/reading/problems.js';
export type { Received } from './events/reading/received.js';
export type {
  FormatConvertJobFinished,
  FormatConvertJobFinishedData,
  RawFormatConvert,
} from './events/imm-2017/format-convert.js';
export type { GrabFrameData, JobData, JobEvent, RawGrabFrame, RawJob } from './events/imm-2017/job-events.js';
export type { IndexingData, IndexingEvent, OpenAcsEvent } from './events/imm-2017/open-events.js';
export type {
  BlindWatermarkData,
  BlockFrame,
  Moderation,
  ModerationData,
  RawBlindWatermark,
  RawBlockFrame,
  RawModeration,
  RawModerationResult,
  RawVideoLabel,
  RawVideoLabels,
  VideoLabel,
  VideoLabelsData,
} from './events/imm-2020/detection-events.js';
export type {
  FacesSearchingData,
  RawFaceMatches,
  RawFacesSearching,
  RawSimilarFace,
  SimilarFace,
} from './events/imm-2020/faces-searching.js';
export type {
  FileMetaIndexData,
  FileMetaIndexEvent,
  IndexedFile,
  RawFileMetaIndex,
  RawIndexedFile,
} from './events/imm-2020/file-meta.js';
export type { ImmEvent, RawImmCloudEvent, RawImmMessage } from './events/imm-2020/imm-message.js';
export type {
  MediaConvertData,
  MediaSource,
  MediaTarget,
  RawMediaConvert,
  RawMediaSource,
  RawMediaTarget,
  RawObjectUri,
} from './events/imm-2020/media-convert.js';
export type { OpenImmEvent } from './events/imm-2020/open-events.js';
export type { RawTask, TaskData, TaskEvent, TaskStatus } from './events/imm-2020/task-event.js';
export type {
  OssData,
  OssEvent,
  RawOssBucket,
  RawOssCloudEvent,
  RawOssContext,
  RawOssObject,
  RawOssPayload,
  ReceivedOssPayload,
} from './events/oss/oss-event.js';
export { decodeEvents, knownEventNames } from './events/registry.js';
export type { AnyEvent, EventMap, EventName, KnownEventName } from './events/registry.js';
export { taskCatalogue } from './events/task-catalogue.js';
export type { TaskCatalogueEntry } from './events/task-catalogue.js';
export { isTaskEvent, outcomeOf } from './events/task-outcome.js';
export type { AnyTaskEvent, TaskEnd, TaskEventName, TaskOutcome } from './events/task-outcome.js';
export { eventTiming } from './events/timing.js';
export type { EventInstants, EventTiming } from './events/timing.js';
export type * from './tasks/imm-2017/imm-2017.js';
export type * from './tasks/imm-2020/imm-2020.js';
