import { jsonIn, type XmlElement } from '@mnsbus/core/internal';
import { MAX_VALUE_DEPTH } from '../../runtime/json-value.js';
import { badElement } from '../failure.js';
import type { ChannelAttributes, MessageAttributes } from '../model/message-attributes.js';
import { textOf } from './request-body.js';
import { RequestRefused } from './request-refused.js';

/**
 * The `MessageAttributes` of a message to a topic; `undefined` when there are none (spec mns §2.15).
 *
 * Throws `InvalidArgument` when a child holds anything but a JSON object, or one that is too deep. What is inside the
 * object is not looked at.
 */
export function readMessageAttributes(message: XmlElement): MessageAttributes | undefined {
  const children = message.children.find(({ name }) => name === 'MessageAttributes')?.children ?? [];
  if (children.length === 0) return undefined;
  const attributes = new Map<string, ChannelAttributes>();
  for (const child of children) {
    const { name } = child;
    const value = jsonIn(textOf(child), { maxDepth: MAX_VALUE_DEPTH });
    if (!isObject(value)) throw new RequestRefused(badElement(name));
    if (!attributes.has(name)) attributes.set(name, value);
  }
  return attributes;
}

function isObject(value: unknown): value is ChannelAttributes {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
