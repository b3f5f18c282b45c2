import { readXml, type XmlElement } from '@mnsbus/core/internal';
import { detachedText } from '../../runtime/detached-text.js';
import { badElement } from '../failure.js';
import { RequestRefused } from './request-refused.js';

/** The XML body of a request, parsed when first asked for. */
export class RequestBody {
  readonly #bytes: Uint8Array;
  #parsed: XmlElement | 'malformed' | undefined;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isEmpty(): boolean {
    return this.#bytes.length === 0;
  }

  /** The name of the root; `undefined` when the body is no XML. */
  get rootName(): string | undefined {
    const root = this.#parse();
    return root === 'malformed' ? undefined : root.name;
  }

  /** The root, which must have this name. Throws `MalformedXML` or `InvalidArgument`. */
  root(name: string): XmlElement {
    const root = this.#parse();
    if (root === 'malformed') throw new RequestRefused('MalformedXML');
    if (root.name !== name) throw new RequestRefused(badElement(name));
    return root;
  }

  #parse(): XmlElement | 'malformed' {
    this.#parsed ??= parse(this.#bytes);
    return this.#parsed;
  }
}

/**
 * The text of an element that is to hold nothing else. Throws `InvalidArgument` for one with elements inside.
 *
 * Some clients write what they are given without escaping it: to take the text around its elements for the whole would
 * store another message than the sender believes to have sent.
 */
export function textOf({ name, children, text }: XmlElement): string {
  if (children.length > 0) throw new RequestRefused(badElement(name));
  return text;
}

/** The text of a child element; `undefined` when there is none. Throws `InvalidArgument` for one with elements inside. */
export function childText(parent: XmlElement, name: string): string | undefined {
  const child = parent.children.find((candidate) => candidate.name === name);
  return child === undefined ? undefined : textOf(child);
}

/** A whole number in a child element; `undefined` when there is none. Throws `InvalidArgument` for any other text. */
export function childInteger(parent: XmlElement, name: string): number | undefined {
  const text = childText(parent, name)?.trim();
  if (text === undefined) return undefined;
  if (!/^[+-]?\d{1,15}$/.test(text)) throw new RequestRefused(badElement(name));
  return Number(text);
}

/** `true` or `false` in a child element, in any case; `undefined` when there is none. Throws `InvalidArgument` for any other text. */
export function childBoolean(parent: XmlElement, name: string): boolean | undefined {
  const text = childText(parent, name)?.trim().toLowerCase();
  if (text !== undefined && text !== 'true' && text !== 'false') throw new RequestRefused(badElement(name));
  return text === undefined ? undefined : text === 'true';
}

/** The text of a child element that says nothing when it is empty. Throws `InvalidArgument` for one with elements inside. */
export function childWord(parent: XmlElement, name: string): string | undefined {
  const text = childText(parent, name)?.trim();
  return text === '' ? undefined : text;
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

function parse(bytes: Uint8Array): XmlElement | 'malformed' {
  try {
    const root = readXml(UTF8.decode(bytes));
    return bytes.length < LEAST_DETACHED_BYTES ? root : detached(root, bytes.length);
  } catch {
    return 'malformed';
  }
}

/** What is kept of shorter documents may keep the whole of them: to copy it would cost more than it saves. */
const LEAST_DETACHED_BYTES = 2048;

/** Copies each text that is small beside its document, so that a stored message does not keep what it was sent among. */
function detached({ name, text, children }: XmlElement, documentBytes: number): XmlElement {
  return {
    name,
    text: text.length * 2 < documentBytes ? detachedText(text) : text,
    children: children.map((child) => detached(child, documentBytes)),
  };
}
