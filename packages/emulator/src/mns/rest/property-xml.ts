import type { XmlElement } from '@mnsbus/core/internal';
import { NO_PROPERTIES, type MessageProperties, type MessageProperty } from '../model/message-properties.js';
import { element, type XmlNode } from '../xml-writer.js';
import { childText } from './request-body.js';

interface PropertyList {
  /** The element around all of them. */
  readonly list: string;
  /** The element around each. */
  readonly item: string;
}

const USER: PropertyList = { list: 'UserProperties', item: 'PropertyValue' };
const SYSTEM: PropertyList = { list: 'SystemProperties', item: 'SystemPropertyValue' };

/** The properties inside a message element (spec mns §2.18). */
export function readProperties(message: XmlElement): MessageProperties {
  // Most messages have none, and share that instead of keeping two empty lists each.
  if (!message.children.some(({ name }) => name === USER.list || name === SYSTEM.list)) return NO_PROPERTIES;
  return { userProperties: readList(message, USER), systemProperties: readList(message, SYSTEM) };
}

/** The elements of properties, which come last in a message: system before user (spec mns §11.2). */
export function propertyNodes({ userProperties, systemProperties }: MessageProperties): readonly XmlNode[] {
  return [...listNodes(systemProperties, SYSTEM), ...listNodes(userProperties, USER)];
}

function readList(message: XmlElement, { list, item }: PropertyList): readonly MessageProperty[] {
  const items = message.children.find(({ name }) => name === list)?.children ?? [];
  return items.filter(({ name }) => name === item).map((property) => readProperty(property));
}

/** A missing part reads as empty; the model refuses the empty names and types. */
function readProperty(property: XmlElement): MessageProperty {
  return {
    name: childText(property, 'Name')?.trim() ?? '',
    value: childText(property, 'Value') ?? '',
    type: childText(property, 'Type')?.trim() ?? '',
  };
}

function listNodes(properties: readonly MessageProperty[], { list, item }: PropertyList): readonly XmlNode[] {
  if (properties.length === 0) return [];
  const items = properties.map(({ name, value, type }) =>
    element(item, [element('Name', name), element('Value', value), element('Type', type)]),
  );
  return [element(list, items)];
}
