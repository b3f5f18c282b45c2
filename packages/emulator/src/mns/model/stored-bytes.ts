import type { MessageDraft } from './message.js';

/** Roughly what a stored message takes beside its texts, in bytes. */
const MESSAGE_BYTES = 600;

/** About how much memory the messages of a tenant take. */
export class StoredBytes {
  #total = 0;

  get total(): number {
    return this.#total;
  }

  add(bytes: number): void {
    this.#total += bytes;
  }

  remove(bytes: number): void {
    this.#total -= bytes;
  }
}

/** About how much memory a message takes in a queue, in bytes. */
export function storedBytes({ body, userProperties, systemProperties }: MessageDraft): number {
  let bytes = MESSAGE_BYTES + body.length;
  for (const { name, value } of userProperties) bytes += name.length + value.length;
  for (const { name, value } of systemProperties) bytes += name.length + value.length;
  return bytes;
}
