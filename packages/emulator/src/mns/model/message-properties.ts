import { badElement, type Failure } from '../failure.js';
import { characterCount } from './character-count.js';
import { MAX_PROPERTY_NAME_LENGTH, MAX_PROPERTY_VALUE_LENGTH, MAX_USER_PROPERTIES } from './limits.js';

/** A named value that travels with a message beside its body (spec mns §2.18). */
export interface MessageProperty {
  readonly name: string;
  /** The wire form: text for every type, base64 for `BINARY`. */
  readonly value: string;
  /** `STRING`, `NUMBER`, `BOOLEAN` or `BINARY`; checked by {@link checkProperties}. */
  readonly type: string;
}

/** The properties of a message, both lists in the order sent. */
export interface MessageProperties {
  readonly userProperties: readonly MessageProperty[];
  readonly systemProperties: readonly MessageProperty[];
}

/** No properties at all. */
export const NO_PROPERTIES: MessageProperties = { userProperties: [], systemProperties: [] };

/** The types of a user property. */
export const USER_PROPERTY_TYPES: ReadonlySet<string> = new Set(['STRING', 'NUMBER', 'BOOLEAN', 'BINARY']);

/** The names of system properties; their type is always `STRING`. */
export const SYSTEM_PROPERTY_NAMES: ReadonlySet<string> = new Set([
  'traceparent',
  'tracestate',
  'baggage',
  'DLQMessageType',
  'DLQSourceArn',
  'DLQOriginMessageId',
]);

/** What is wrong with the properties of a message; `undefined` when nothing is. */
export function checkProperties({ userProperties, systemProperties }: MessageProperties): Failure | undefined {
  if (userProperties.length > MAX_USER_PROPERTIES || !userProperties.every(isUserProperty)) {
    return badElement('UserProperties');
  }
  return systemProperties.every(isSystemProperty) ? undefined : badElement('SystemProperties');
}

function isUserProperty({ name, value, type }: MessageProperty): boolean {
  return isPropertyName(name) && fits(value) && USER_PROPERTY_TYPES.has(type);
}

function isSystemProperty({ name, value, type }: MessageProperty): boolean {
  return SYSTEM_PROPERTY_NAMES.has(name) && fits(value) && type === 'STRING';
}

function isPropertyName(name: string): boolean {
  return name.length <= MAX_PROPERTY_NAME_LENGTH && /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/.test(name);
}

function fits(value: string): boolean {
  return characterCount(value) <= MAX_PROPERTY_VALUE_LENGTH;
}
