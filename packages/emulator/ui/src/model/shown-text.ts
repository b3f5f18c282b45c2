/**
 * Characters that show nothing of themselves, or turn around what follows them: a name made of them could look like
 * another one. Tab and line feed are not among them.
 */
// oxlint-disable-next-line no-control-regex -- these are what is looked for
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** Most characters of a text in a row of a table. */
const ROW_LENGTH = 200;

/** A text with what cannot be seen written out, as `⟨U+202E⟩`. */
export function shownText(text: string): string {
  return text.replaceAll(UNSEEN, (one) => `⟨U+${one.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}⟩`);
}

/** The beginning of a text, for a row: short enough that no row costs much, and on one line. */
export function rowText(text: string): string {
  // A surrogate pair is not cut in two.
  const start = text.length > ROW_LENGTH ? `${text.slice(0, ROW_LENGTH).replace(/[\ud800-\udbff]$/, '')}…` : text;
  return shownText(start.replaceAll(/\s+/g, ' '));
}

/** What a base64 text holds, when that is text again; `undefined` when it is no base64, or holds something else. */
export function textInBase64(text: string): string | undefined {
  if (text.length < 8 || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined;
  try {
    const bytes = Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
    const decoded = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    // oxlint-disable-next-line no-control-regex -- whoever sends binary data sends these
    return /[\u0000-\u0008\u000e-\u001f]/.test(decoded) ? undefined : decoded;
  } catch {
    return undefined;
  }
}

/** A text as it is best read: JSON is indented, everything else stays. */
export function readableText(text: string): string {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}
