import { isXmlText } from '../../runtime/xml-text.js';

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  // A bare carriage return would be read back as a line feed.
  ['\r', '&#13;'],
]);

/**
 * Writes a reply as XML: an element per member, the members of a list inside an element of the list's name.
 *
 * The wrapper is what the official Java client counts and reads (spec imm §10.3).
 */
export function writeXml(rootName: string, value: object): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element(rootName, value)}`;
}

// Names that need no look at what letters Unicode has.
const XML_NAME = /^[A-Za-z_][\w.-]*$/;

/** Whether a name may be that of an element. */
export function isXmlName(name: string): boolean {
  return XML_NAME.test(name);
}

function element(name: string, value: unknown): string {
  return `<${name}>${content(name, value)}</${name}>`;
}

function content(name: string, value: unknown): string {
  if (Array.isArray(value)) return value.map((item: unknown) => element(listItemName(name), item)).join('');
  if (typeof value !== 'object' || value === null) return escapeText(carriable(String(value)));
  const members = Object.entries(value).filter(([, member]) => member !== undefined && member !== null);
  // Words that a caller has made up, such as tags, may be no names of elements.
  if (!members.every(([key]) => isXmlName(key))) return escapeText(carriable(JSON.stringify(value)));
  return members.map(([key, member]) => memberText(key, member)).join('');
}

/** A list whose name is no plural stands for its elements: `<Regions><Region>…</Region></Regions>`. */
function memberText(name: string, value: unknown): string {
  const isFlat = Array.isArray(value) && listItemName(name) === name;
  return isFlat ? content(name, value) : element(name, value);
}

/** A text without what XML cannot carry: that is escaped as in JSON. */
function carriable(text: string): string {
  if (isXmlText(text)) return text;
  return Array.from(text, (character) =>
    isXmlText(character) ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  ).join('');
}

/** The name of a list's elements: `Tasks` holds `Task`s. */
function listItemName(listName: string): string {
  return listName.replace(/(?<=.)s$/, '');
}

function escapeText(text: string): string {
  return text.replaceAll(/[&<>\r]/g, (character) => ESCAPES.get(character) ?? character);
}
