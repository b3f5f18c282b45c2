/**
 * Writes and reads instants as the `Date` header has them: RFC 1123, in GMT, whole seconds.
 *
 * Clients and replies name the same second again and again, so the last of each kind is kept.
 */
export class HttpDate {
  #second = Number.NaN;
  #written = '';
  #text: string | undefined;
  #read: number | undefined;

  /** The text for an instant in milliseconds since 1970. */
  write(nowMs: number): string {
    const second = Math.floor(nowMs / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#written = new Date(second * 1000).toUTCString();
    }
    return this.#written;
  }

  /** The instant that a text names, in milliseconds since 1970; `undefined` when it is written in any other form. */
  read(text: string): number | undefined {
    if (text !== this.#text) {
      this.#text = text;
      const dateMs = Date.parse(text);
      // Lenient parsers take many texts for dates; only the one form reads the same again.
      const isInForm = !Number.isNaN(dateMs) && new Date(dateMs).toUTCString() === text;
      this.#read = isInForm ? dateMs : undefined;
    }
    return this.#read;
  }
}
