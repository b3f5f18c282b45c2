/** Whether XML 1.0 can carry every character of a text; the others have no spelling in it, not even as a reference (XML 1.0 §2.2). */
export function isXmlText(text: string): boolean {
  return /^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u.test(text);
}
