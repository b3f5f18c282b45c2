import type { IncomingMessage } from 'node:http';
import type { WireRequest } from '@mnsbus/core';
import { headerOf } from '@mnsbus/core/internal';
import { ByteBudget, type ByteHolder } from './byte-budget.js';

/** The least that a body which comes in pieces is given room for. */
const LEAST_ROOM = 1024;

/** Whether a body follows; one of no bytes does not have to be waited for. */
export function hasBody(message: Pick<WireRequest, 'headers'>): boolean {
  const length = headerOf(message, 'content-length') ?? '0';
  return length !== '0' || headerOf(message, 'transfer-encoding') !== undefined;
}

/** Bodies of requests, all of which together hold no more than a limit. */
export class RequestBodies {
  readonly #budget: ByteBudget;

  /** `maxBytes` is for all of them together. */
  constructor(maxBytes: number) {
    this.#budget = new ByteBudget(maxBytes);
  }

  /** The bytes that are held now. */
  get held(): number {
    return this.#budget.held;
  }

  /** Reads a body to its end; of one that is larger than `maxBytes` it keeps one byte more than that, and drops the rest. */
  read(message: IncomingMessage, maxBytes: number): Promise<RequestBody> {
    return new Promise((resolve) => {
      const body = new RequestBody(this.#budget, maxBytes);
      message.on('data', (chunk: Uint8Array) => body.take(chunk));
      message.once('end', () => resolve(body.end()));
      const leave = (): void => resolve(body.leave());
      message.once('error', leave);
      message.once('close', leave);
    });
  }
}

/**
 * One body while it comes, and until the request is answered.
 *
 * It comes in as many pieces as its sender likes, down to one byte each: they are copied into one buffer that grows, because
 * each piece costs a hundred bytes beside its own.
 */
export class RequestBody implements ByteHolder {
  /** How its reading ended: with all of it, with a client that hung up half way, or without room for it. */
  state: 'coming' | 'whole' | 'hung-up' | 'no-room' = 'coming';
  readonly #budget: ByteBudget;
  readonly #mostKept: number;
  #kept: Uint8Array = NO_BYTES;
  #length = 0;

  constructor(budget: ByteBudget, maxBytes: number) {
    this.#budget = budget;
    this.#mostKept = maxBytes + 1;
  }

  /** What has come so far. */
  get bytes(): Uint8Array {
    return this.#kept.length === this.#length ? this.#kept : this.#kept.subarray(0, this.#length);
  }

  /** Takes the next piece. */
  take(chunk: Uint8Array): void {
    if (this.state !== 'coming') return;
    const room = this.#mostKept - this.#length;
    const piece = chunk.length > room ? chunk.subarray(0, room) : chunk;
    const length = this.#length + piece.length;
    if (this.#length === 0) {
      // A small body comes in one piece, which need not be copied.
      if (!this.#budget.set(this, length)) return;
      this.#kept = piece;
    } else {
      if (length > this.#kept.length && !this.#grow(length)) return;
      this.#kept.set(piece, this.#length);
    }
    this.#length = length;
  }

  /** To be called when all of it has come. */
  end(): this {
    if (this.state === 'coming') {
      this.state = 'whole';
      this.#budget.keep(this);
    }
    return this;
  }

  /** To be called when no more of it will come, whether or not it is whole. */
  leave(): this {
    if (this.state !== 'coming') return this;
    this.state = 'hung-up';
    this.#budget.set(this, 0);
    this.#letGo();
    return this;
  }

  giveWay(): void {
    this.state = 'no-room';
    this.#letGo();
  }

  /** To be called when the request is answered. */
  release(): void {
    if (this.state !== 'whole') return;
    this.#budget.free(this.#kept.length);
    this.#letGo();
  }

  /** Makes room for `length` bytes, if there is any. */
  #grow(length: number): boolean {
    const room = Math.min(Math.max(2 * this.#kept.length, length, LEAST_ROOM), this.#mostKept);
    if (!this.#budget.set(this, room)) return false;
    const grown = Buffer.allocUnsafeSlow(room);
    grown.set(this.#kept.subarray(0, this.#length));
    this.#kept = grown;
    return true;
  }

  #letGo(): void {
    this.#kept = NO_BYTES;
    this.#length = 0;
  }
}

const NO_BYTES = new Uint8Array();
