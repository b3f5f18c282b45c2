/** How many characters (Unicode code points) a text has: what limits on tags and properties count. */
export function characterCount(text: string): number {
  return Array.from(text).length;
}
