/** A text as a terminal may show it: what clients have named must not tell the terminal what to do. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '?');
}
