/** An element to be written: with text inside, or with elements. */
export interface XmlNode {
  readonly name: string;
  readonly content: string | readonly XmlNode[];
}

/** What stands around the elements of a document. */
export interface XmlFrame {
  /** The first line, without its line feed. */
  readonly declaration: string;
  /** The name space of the root. */
  readonly xmlns: string;
}

/** The frame of every reply: no encoding, and a name space without the slash that the docs print (spec mns §1.6). */
export const REPLY_FRAME: XmlFrame = {
  declaration: '<?xml version="1.0" ?>',
  xmlns: 'http://mns.aliyuncs.com/doc/v1',
};

/** An element; numbers become their decimal digits. */
export function element(name: string, content: string | number | readonly XmlNode[]): XmlNode {
  return { name, content: typeof content === 'number' ? String(content) : content };
}

/** Writes a document as the service does: two blanks per level, LF, and nothing after the root's end (spec mns §1.6). */
export function writeXml(root: XmlNode, frame: XmlFrame = REPLY_FRAME): string {
  return `${frame.declaration}\n${writeElement(root, ` xmlns="${frame.xmlns}"`, '')}`;
}

function writeElement({ name, content }: XmlNode, attributes: string, indent: string): string {
  const start = `${indent}<${name}${attributes}>`;
  if (typeof content === 'string') return `${start}${escapeText(content)}</${name}>`;
  let children = '';
  for (const child of content) children += `\n${writeElement(child, '', `${indent}  `)}`;
  return `${start}${children}\n${indent}</${name}>`;
}

/** Quotes stay bare, as observed; a bare CR would reach the reader as LF (spec mns §1.6). */
function escapeText(text: string): string {
  // Nearly every text has nothing to escape, and one look is cheaper than four.
  if (!/[&<>\r]/.test(text)) return text;
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#13;');
}
