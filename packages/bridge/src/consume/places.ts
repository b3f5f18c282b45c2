import type { CurrentSettings } from '../options/bridge-settings.js';
import { Slots } from '../poll/slots.js';
import type { Entry } from './entry.js';
import { Prefetch } from './prefetch.js';

/** The places of one queue: for messages at their listeners, and for all that were received. */
export class Places {
  readonly prefetch: Prefetch;
  /** Those being handled. */
  readonly running: Slots;
  /** All that are received and not yet handled to the end. */
  readonly room: Slots;

  constructor(settings: CurrentSettings) {
    this.prefetch = new Prefetch(() => settings.current.prefetch);
    this.running = new Slots(() => settings.current.concurrency);
    this.room = new Slots(() => settings.current.concurrency + this.prefetch.count);
  }

  /** Gives a message that waits a place at its listeners. */
  start(entry: Entry): void {
    entry.place = 'running';
    this.running.take();
  }

  /** Frees the places of a message, once; which it had. */
  leave(entry: Entry): Entry['place'] {
    const { place } = entry;
    entry.place = 'none';
    if (place === 'running') this.running.giveBack();
    if (place !== 'none') this.room.giveBack();
    return place;
  }
}
