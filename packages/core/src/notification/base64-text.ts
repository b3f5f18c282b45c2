const STRICT_BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/**
 * The text inside strict base64, in one line or broken into several, which may be indented; `undefined` when `text` is not
 * the base64 of UTF-8.
 *
 * Around it there may be blanks and a byte-order mark, as editors and shells leave them. Otherwise strict, because lenient decoders turn plain notifications into garbage without a word (spec mns §6).
 */
export function decodeBase64Text(text: string): string | undefined {
  // Trimming takes the byte-order mark, too; a blank within a line stays, and is no digit.
  const digits = text
    .split(/[\r\n]/)
    .map((line) => line.trim())
    .join('');
  if (digits.length % 4 !== 0 || !STRICT_BASE64.test(digits)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(digits, 'base64'));
  } catch {
    return undefined;
  }
}

/** Whether a decoded text is worth having: structured data, which is never itself valid base64. */
export function looksStructured(text: string): boolean {
  return /^\s*[{[<]/.test(text);
}
