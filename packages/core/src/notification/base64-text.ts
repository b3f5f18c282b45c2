const STRICT_BASE64 =
  /^(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$|^(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)$/;

/**
 * The text inside strict base64, or `undefined` when `text` is not the base64 of UTF-8.
 *
 * Strict, because lenient decoders turn plain notifications into garbage without a word (spec mns §6).
 */
export function decodeBase64Text(text: string): string | undefined {
  if (!STRICT_BASE64.test(text)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(text, 'base64'));
  } catch {
    return undefined;
  }
}

/** Whether a decoded text is worth having: structured data, which is never itself valid base64. */
export function looksStructured(text: string): boolean {
  return /^\s*[{[<]/.test(text);
}
