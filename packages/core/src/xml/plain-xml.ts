import type { XmlElement, XmlLimits } from './xml-reader.js';

interface OpenElement {
  readonly name: string;
  readonly children: XmlElement[];
  text: string;
}

/** No references, no CR (which a reader turns into LF), nothing beyond the basic plane, and nothing that XML cannot carry. */
const PLAIN_TEXT = /^[\t\n\u0020-\u0025\u0027-\uD7FF\uE000-\uFFFD]*$/;
const DECLARATION = /^<\?xml version="1\.0"(?: encoding="(?:utf|UTF)-8")? ?\?>\n?/;
const NAME = /^[A-Za-z_][A-Za-z0-9_.-]*$/;
const NAMESPACE = /^ xmlns="[^"<]*"$/;
const BLANKS = /^[\t\n ]*$/;
const SLASH = 47;

/**
 * Reads the XML that clients write when a message has nothing special in it: elements, text, and a name space.
 *
 * `undefined` says nothing about a document but that it needs the full reader. What is read here, the full reader reads
 * the same: this one only takes a fraction of its time, which is most of the time that a small request takes.
 */
export function readPlainXml(text: string, limits: Required<XmlLimits>): XmlElement | undefined {
  if (text.length > limits.maxLength || !PLAIN_TEXT.test(text) || text.includes(']]>')) return undefined;
  const open: OpenElement[] = [];
  let nodes = 0;
  let at = DECLARATION.exec(text)?.[0].length ?? 0;
  if (text.charAt(at) !== '<') return undefined;
  for (;;) {
    const start = text.indexOf('<', at);
    const end = text.indexOf('>', start);
    if (start === -1 || end === -1) return undefined;
    const current = open.at(-1);
    if (current !== undefined) current.text += text.slice(at, start);
    at = end + 1;
    if (text.charCodeAt(start + 1) === SLASH) {
      if (current === undefined || text.slice(start + 2, end) !== current.name) return undefined;
      open.pop();
      const parent = open.at(-1);
      if (parent === undefined) return BLANKS.test(text.slice(at)) ? current : undefined;
      parent.children.push(current);
    } else {
      const tag = text.slice(start + 1, end);
      const blank = tag.indexOf(' ');
      const name = blank === -1 ? tag : tag.slice(0, blank);
      nodes += blank === -1 ? 1 : 2;
      const isPlain = NAME.test(name) && (blank === -1 || NAMESPACE.test(tag.slice(blank)));
      if (!isPlain || open.length === limits.maxDepth || nodes > limits.maxNodes) return undefined;
      open.push({ name, children: [], text: '' });
    }
  }
}
