import type { Clock } from '@mnsbus/core';
import { PushRefused } from './push-refusal.js';
import { readBounded } from './read-bounded.js';

/** The body of a request that has not been read yet. */
export interface RequestBody {
  /** Throws `PushRefused` when it is not worth, or not possible, to read it. */
  check(): void;
  /** Reads it once. Rejects with `PushRefused` when it is too large, or does not come whole and in time. */
  read(): Promise<Buffer>;
}

/** Where a body comes from. */
export interface BodySource {
  /** The `Content-Length` header. */
  readonly announced: string | null | undefined;
  /** Whether somebody else has begun to read it. */
  readonly isConsumed: () => boolean;
  /** `null` for a request without one. */
  readonly stream: () => AsyncIterable<Uint8Array> | null;
}

/** How much of a body is read, and for how long, in milliseconds. */
export interface BodyLimits {
  readonly maxBytes: number;
  readonly timeoutMs: number;
}

/** A body that is read within limits. */
export function boundedBody(source: BodySource, { maxBytes, timeoutMs }: BodyLimits, clock: Clock): RequestBody {
  const tooLarge = (): PushRefused => new PushRefused('too-large', `expected at most ${maxBytes} bytes`);
  const check = (): void => {
    if (Number(source.announced ?? 0) > maxBytes) throw tooLarge();
    if (!source.isConsumed()) return;
    throw new PushRefused(
      'body-consumed',
      'the body was read before the push handler came to it, and the bytes are what is signed: mount the handler before any body parser',
    );
  };
  const read = async (): Promise<Buffer> => {
    // Somebody may have begun to read while the signature was being verified.
    check();
    const late = new AbortController();
    const timer = clock.after(timeoutMs, () => late.abort(new Error(`not here within ${timeoutMs} ms`)));
    try {
      const stream = source.stream();
      const body = stream === null ? Buffer.alloc(0) : await readBounded(stream, maxBytes, late.signal);
      if (body === undefined) throw tooLarge();
      return body;
    } catch (cause) {
      throw cause instanceof PushRefused ? cause : new PushRefused('incomplete', 'the body did not come whole');
    } finally {
      timer.cancel();
    }
  };
  return { check, read };
}
