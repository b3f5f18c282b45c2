// What the packages of mnsbus share among themselves. It may change with any release: nothing here is for users.
export { abortable } from './abortable.js';
export { IndexedHeap } from './clock/indexed-heap.js';
export type { HeapEntry } from './clock/indexed-heap.js';
export { eventLoopTurn } from './clock/system-clock.js';
export { nameFits } from './events/event-pattern.js';
export { taskIdOf } from './events/task-id.js';
export { describeValue, invalidArgument } from './errors.js';
export { isTooDeep, jsonIn, readJson } from './json/json-text.js';
export type { JsonLimits, JsonReading } from './json/json-text.js';
export { joinSignals } from './joined-signal.js';
export type { JoinedSignal } from './joined-signal.js';
export { ConnectionBroken, headerOf, wholeReply } from './wire.js';
export { childText, readXml } from './xml/xml-reader.js';
export type { XmlElement, XmlLimits } from './xml/xml-reader.js';
