import type { Range } from '../failure.js';

/** Delay of a queue or a message (spec mns §3.1). */
export const DELAY_SECONDS: Range = { low: 0, high: 604_800, unit: 'seconds' };

/** Largest body that a queue or a topic may be set to take (spec mns §3.1, §3.2). */
export const MAXIMUM_MESSAGE_SIZE: Range = { low: 1024, high: 65_536, unit: 'bytes' };

/** How long a queue keeps a message: up to 7 days, as the newer pages say (spec mns §3.1). */
export const MESSAGE_RETENTION_SECONDS: Range = { low: 60, high: 604_800, unit: 'seconds' };

/** How long a received message stays invisible (spec mns §3.1). */
export const VISIBILITY_TIMEOUT_SECONDS: Range = { low: 1, high: 43_200, unit: 'seconds' };

/** How long a receive may wait (spec mns §3.1). */
export const POLLING_WAIT_SECONDS: Range = { low: 0, high: 30, unit: 'seconds' };

/** 1 is delivered first (spec mns §3.3). */
export const PRIORITY: Range = { low: 1, high: 16 };

/** The priority of a message that names none, and of every topic delivery (spec mns §3.3, §5.2). */
export const DEFAULT_PRIORITY = 8;

/** Messages or handles of one batch call (spec mns §3.3). */
export const BATCH_SIZE: Range = { low: 1, high: 16 };

/** All bodies of one batch send together (spec mns §3.3). */
export const BATCH_BYTES: Range = { low: 1, high: 65_536, unit: 'bytes' };

/** Most characters of a tag by the docs; two clients refuse more by themselves (spec mns §3.3). */
export const DOCUMENTED_TAG_LENGTH = 16;

/** Characters of a message tag or a filter tag that is set: more than documented, as an official sample sends (spec mns §3.3). */
export const TAG_LENGTH: Range = { low: 1, high: 255 };

/** How long a topic holds what was published, in seconds; it cannot be set (spec mns §3.2). */
export const TOPIC_RETENTION_SECONDS = 86_400;

/** Most user properties of a message (spec mns §2.18). */
export const MAX_USER_PROPERTIES = 50;

/** Most characters of a property's name (spec mns §2.18). */
export const MAX_PROPERTY_NAME_LENGTH = 256;

/** Most characters of a property's value, as it stands on the wire (spec mns §2.18). */
export const MAX_PROPERTY_VALUE_LENGTH = 4096;

/** Entries of one page of a list; a request that names no number gets the most (spec mns §2.5). */
export const LIST_SIZE: Range = { low: 1, high: 1000 };
