import { SaxesParser } from 'saxes';
import { MnsbusError } from '../errors.js';
import { readPlainXml } from './plain-xml.js';

/** One element of a parsed document. Attributes are dropped: no message of either service has any that matter. */
export interface XmlElement {
  /** The local name, without a name-space prefix. */
  readonly name: string;
  readonly children: readonly XmlElement[];
  /** All character data directly inside, CDATA included, exactly as it stood. */
  readonly text: string;
}

/** Bounds on what {@link readXml} accepts. */
export interface XmlLimits {
  /** Most characters of the document. Default 4,194,304. */
  readonly maxLength?: number;
  /** Most levels of nesting. Default 16. */
  readonly maxDepth?: number;
  /** Most elements and attributes together. Default 10,000. */
  readonly maxNodes?: number;
}

interface OpenElement {
  name: string;
  children: XmlElement[];
  text: string;
}

/**
 * Reads an XML document strictly: no document type, no entities but the five of XML itself, bounded size and depth.
 *
 * Throws `XML_MALFORMED` with the place and the reason.
 */
export function readXml(text: string, limits: XmlLimits = {}): XmlElement {
  const { maxLength = 4_194_304, maxDepth = 16, maxNodes = 10_000 } = limits;
  const bounds = { maxLength, maxDepth, maxNodes };
  return readPlainXml(text, bounds) ?? readAnyXml(text, bounds);
}

/** Reads with the full parser, whatever the document holds; for {@link readXml}, and for tests that compare the two. */
export function readAnyXml(text: string, { maxLength, maxDepth, maxNodes }: Required<XmlLimits>): XmlElement {
  if (text.length > maxLength) throw malformed(`longer than ${maxLength} characters`);

  const parser = new SaxesParser({ xmlns: false, position: true });
  const open: OpenElement[] = [];
  let root: XmlElement | undefined;
  let nodes = 0;
  const count = (): void => {
    nodes += 1;
    if (nodes > maxNodes) throw malformed(`more than ${maxNodes} elements and attributes`);
  };
  const addText = (data: string): void => {
    const current = open.at(-1);
    if (current !== undefined) current.text += data;
  };

  parser.on('error', (error) => {
    throw malformed(error.message, error);
  });
  parser.on('xmldecl', ({ version }) => {
    // XML 1.1 allows control characters and turns more than CR into line ends: no text would be safe from it.
    if (version !== '1.0') throw malformed(`XML ${version} is not allowed`);
  });
  parser.on('doctype', () => {
    throw malformed('a document type declaration is not allowed');
  });
  parser.on('attribute', count);
  parser.on('opentag', (tag) => {
    count();
    if (open.length >= maxDepth) throw malformed(`nested deeper than ${maxDepth} levels`);
    open.push({ name: localName(tag.name), children: [], text: '' });
  });
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    const closed = open.pop();
    if (closed === undefined) return;
    const parent = open.at(-1);
    if (parent === undefined) root = closed;
    else parent.children.push(closed);
  });

  parser.write(text).close();
  if (root === undefined) throw malformed('no root element');
  return root;
}

/** The text of the first child element called `name`; `undefined` when there is none. */
export function childText(element: XmlElement, name: string): string | undefined {
  return element.children.find((child) => child.name === name)?.text;
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function malformed(reason: string, cause?: unknown): MnsbusError<'XML_MALFORMED'> {
  return new MnsbusError({ code: 'XML_MALFORMED', message: `not well-formed XML: ${reason}`, cause });
}
