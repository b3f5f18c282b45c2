import { mns, mnsLongPoll } from '../protocols/mns.js';
import { accepted } from '../protocols/protocol.js';
import { httpRequest } from './http-message.js';
import { HttpConnection } from './http-connection.js';

/** A long poll that was answered. */
interface Woken {
  readonly member: HttpConnection;
  readonly handle: string;
  readonly atMs: number;
}

const INSPECT = httpRequest('GET', '/_emulator/inspect', {}, '');

/** Many connections to one queue of the emulator, each with a long poll of its own. */
export class Crowd {
  readonly #name: string;
  readonly #members: readonly HttpConnection[];
  /** Sends, deletes and looks, so that no member has to. */
  readonly #other: HttpConnection;
  readonly #woken: Woken[] = [];
  #onWoken: (() => void) | undefined;
  #failure: unknown;

  private constructor(name: string, members: readonly HttpConnection[], other: HttpConnection) {
    this.#name = name;
    this.#members = members;
    this.#other = other;
  }

  /** Connects, with a queue of that name. */
  static async gather(port: number, name: string, size: number): Promise<Crowd> {
    const other = await HttpConnection.open(port);
    accepted(await other.request(mns.queue(name).create));
    const members = await Promise.all(Array.from({ length: size }, () => HttpConnection.open(port)));
    return new Crowd(name, members, other);
  }

  /** Lets every member poll; resolves when all of them wait inside the emulator. */
  async wait(): Promise<void> {
    for (const member of this.#members) void this.#poll(member);
    await this.#untilWaiting(this.#members.length);
  }

  /** Sends one message after the other, each when all wait; milliseconds from a send to the end of the poll's answer. */
  async wakeOneByOne(messages: number): Promise<readonly number[]> {
    const latencies: number[] = [];
    for (let message = 0; message < messages; message += 1) {
      const startMs = performance.now();
      const sent = this.#other.request(mns.queue(this.#name).send);
      const { member, handle, atMs } = await this.#nextWoken();
      accepted(await sent);
      latencies.push(atMs - startMs);
      accepted(await this.#other.request(mns.queue(this.#name).delete(handle)));
      void this.#poll(member);
    }
    return latencies;
  }

  /** Sends a message for each member as fast as batches of 16 can; milliseconds from the first send to each answer. */
  async wakeAll(): Promise<readonly number[]> {
    const { send } = mns.batch?.(this.#name) ?? mns.queue(this.#name);
    const startMs = performance.now();
    for (let sent = 0; sent < this.#members.length; sent += 16) accepted(await this.#other.request(send));
    const latencies: number[] = [];
    const handles: string[] = [];
    for (const _ of this.#members) {
      const { handle, atMs } = await this.#nextWoken();
      latencies.push(atMs - startMs);
      handles.push(handle);
    }
    for (const handle of handles) accepted(await this.#other.request(mns.queue(this.#name).delete(handle)));
    return latencies;
  }

  /** Whatever is left of the last batch. */
  async empty(): Promise<void> {
    const { receive, delete: deleteOf, handlesIn } = mns.queue(this.#name);
    for (;;) {
      const [handle] = handlesIn(await this.#other.request(receive));
      if (handle === undefined) return;
      accepted(await this.#other.request(deleteOf(handle)));
    }
  }

  /** One receive of every member at once, over the connection that it has; milliseconds to each answer. */
  async askAll(): Promise<readonly number[]> {
    const { receive, handlesIn } = mns.queue(this.#name);
    return Promise.all(
      this.#members.map(async (member) => {
        const startMs = performance.now();
        handlesIn(await member.request(receive));
        return performance.now() - startMs;
      }),
    );
  }

  leave(): void {
    for (const connection of [...this.#members, this.#other]) connection.close();
  }

  async #poll(member: HttpConnection): Promise<void> {
    try {
      // A wait that has ended without a message begins anew.
      for (let handle: string | undefined; handle === undefined;) {
        [handle] = mns.queue(this.#name).handlesIn(await member.request(mnsLongPoll(this.#name)));
        if (handle !== undefined) this.#woken.push({ member, handle, atMs: performance.now() });
      }
    } catch (error) {
      this.#failure ??= error;
    }
    this.#onWoken?.();
  }

  async #nextWoken(): Promise<Woken> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      const woken = this.#woken.shift();
      if (woken !== undefined) return woken;
      await new Promise<void>((resolve) => (this.#onWoken = resolve));
    }
  }

  async #untilWaiting(count: number): Promise<void> {
    for (;;) {
      const reply = await this.#other.request(INSPECT);
      accepted(reply);
      const waiting = [...reply.body.toString().matchAll(/"waitingReceives":(\d+)/g)];
      if (waiting.reduce((sum, [, number]) => sum + Number(number), 0) >= count) return;
    }
  }
}
