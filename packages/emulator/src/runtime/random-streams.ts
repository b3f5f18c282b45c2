import { SeededRandom } from '@mnsbus/core';
import { sortedRecord } from './sorted-record.js';

/** How far each stream has come, by its name; streams that nobody has drawn from are left out. */
export type StreamStates = Readonly<Record<string, readonly number[]>>;

/** The source of an emulator's randomness: remembers the streams that are forked from it, so that they can be kept. */
export class RandomStreams extends SeededRandom {
  readonly #streams = new Map<string, SeededRandom>();
  /** Where streams go on that do not exist yet. */
  readonly #awaited = new Map<string, readonly number[]>();

  override fork(name: string): SeededRandom {
    const stream = super.fork(name);
    stream.resume(this.#awaited.get(name));
    this.#awaited.delete(name);
    this.#streams.set(name, stream);
    return stream;
  }

  /** How far the streams have come. */
  states(): StreamStates {
    const states = new Map(this.#awaited);
    for (const [name, { state }] of this.#streams) if (state !== undefined) states.set(name, state);
    return sortedRecord(states);
  }

  /** Lets every stream go on from where it was, those that are yet to be forked too, and all others from their start. */
  restore(states: StreamStates): void {
    this.#awaited.clear();
    for (const [name, state] of Object.entries(states)) if (!this.#streams.has(name)) this.#awaited.set(name, state);
    for (const [name, stream] of this.#streams) stream.resume(states[name]);
  }
}
