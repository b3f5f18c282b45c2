export { MnsbusError, describeValue, invalidArgument } from './errors.js';
export type { MnsbusErrorCode, MnsbusErrorInput } from './errors.js';
export { sleep } from './clock/clock.js';
export type { Clock, Timer } from './clock/clock.js';
export { SystemClock } from './clock/system-clock.js';
export { VirtualClock } from './clock/virtual-clock.js';
export { IndexedHeap } from './clock/indexed-heap.js';
export type { HeapEntry } from './clock/indexed-heap.js';
export { SeededRandom, freshSeed } from './random/seeded-random.js';
export { md5Hex } from './md5.js';
export { headerOf } from './wire.js';
export type { WireHandler, WireRequest, WireResponse } from './wire.js';
export { childText, readXml } from './xml/xml-reader.js';
export type { XmlElement, XmlLimits } from './xml/xml-reader.js';
export { decodeNotification } from './notification/decode-notification.js';
export type { DecodeNotificationOptions } from './notification/decode-notification.js';
export type { NotificationEnvelope, NotificationFormat, TopicNotification } from './notification/topic-notification.js';
export { decodeEvents, knownEventNames } from './events/registry.js';
export type { AnyEvent, EventMap, EventName, KnownEventName } from './events/registry.js';
export type { BusEvent, UnknownEvent } from './events/event.js';
export { EventShapeError } from './events/event-shape-error.js';
export type { FieldIssue } from './events/event-shape-error.js';
export type {
  FormatConvertJobFinished,
  FormatConvertJobFinishedData,
  RawFormatConvertJobFinished,
} from './events/imm-2017.js';
export { eventTiming } from './events/timing.js';
export type { EventInstants, EventTiming } from './events/timing.js';
export type {
  CreateOfficeConversionTaskRequest,
  CreateOfficeConversionTaskResult,
  GetOfficeConversionTaskRequest,
  GetOfficeConversionTaskResult,
  GetProjectRequest,
  LegacyTaskStatus,
  OfficeFailCode,
  ProjectResult,
  PutProjectRequest,
} from './tasks/imm-2017.js';
