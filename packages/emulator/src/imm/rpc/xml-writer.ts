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

function element(name: string, value: unknown): string {
  return `<${name}>${content(name, value)}</${name}>`;
}

function content(name: string, value: unknown): string {
  if (Array.isArray(value)) return value.map((item: unknown) => element(listItemName(name), item)).join('');
  if (typeof value !== 'object' || value === null) return escapeText(String(value));
  return Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([key, member]) => element(key, member))
    .join('');
}

/** The name of a list's elements: `Tasks` holds `Task`s. */
function listItemName(listName: string): string {
  return listName.replace(/s$/, '');
}

function escapeText(text: string): string {
  return text.replaceAll(/[&<>\r]/g, (character) => ESCAPES.get(character) ?? character);
}
