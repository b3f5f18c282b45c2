import { MnsbusError, sleep, type Clock, type SeededRandom } from '@mnsbus/core';
import { invalidArgument, joinSignals } from '@mnsbus/core/internal';
import { fullJitter, type BackoffRange } from '../poll/backoff.js';
import { sharedController } from '../shared-controller.js';
import { ImmEffectUnknownError, NoReplyError, immUnreachable, isWithoutEffect } from './imm-error.js';
import type { RpcReply } from './rpc-reply.js';
import type { RpcParameters, RpcTransport } from './rpc-transport.js';

/** How to call. */
export interface CallOptions {
  /** How often to try at most, from 1. Default 3. */
  readonly attempts?: number;
  /** Gives the call up, with `ABORTED`. */
  readonly signal?: AbortSignal;
}

/** What {@link ImmCalls} works with. */
export interface ImmCallsParts {
  readonly apiVersion: string;
  readonly rpc: RpcTransport;
  readonly clock: Clock;
  /** Draws the pauses between attempts. */
  readonly random: SeededRandom;
}

const RETRY_MS: BackoffRange = { base: 200, cap: 2000 };
const MAX_ATTEMPTS = 3;

/** Actions that change nothing. What is named after a URL or a licence makes one, which may be billed. */
const READING = /^(?:Get|List|Describe)(?!\w*(?:URL|License)$)/;

/**
 * Calls actions of IMM, and repeats a call only where that can do no harm: when the action reads, when the last attempt has
 * certainly had no effect, or when a token makes all attempts one request.
 */
export class ImmCalls {
  readonly #parts: ImmCallsParts;
  readonly #closed = sharedController();

  constructor(parts: ImmCallsParts) {
    this.#parts = parts;
  }

  /**
   * Calls an action.
   *
   * Rejects with `IMM_ERROR`, `IMM_UNREACHABLE`, `CREDENTIALS_UNAVAILABLE` or `ABORTED`; an action that changes something with
   * `IMM_EFFECT_UNKNOWN` when an attempt may have been carried out; `INVALID_ARGUMENT` for a member that is no JSON.
   */
  async call(action: string, request: object, options: CallOptions = {}): Promise<RpcReply> {
    const parameters = parametersOf(request);
    const { signal, release } = joinSignals(options.signal, this.#closed.signal);
    try {
      if (signal.aborted) throw new NoReplyError('ABORTED', `${action} was not called: ${String(signal.reason)}`, true);
      return await this.#attempt(action, parameters, options.attempts ?? MAX_ATTEMPTS, signal);
    } finally {
      release();
    }
  }

  /** Aborts when the client is closed. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  /** Ends every call under way and every connection, and refuses further calls with `ABORTED`. */
  close(): void {
    this.#closed.abort('the client of IMM was closed');
    this.#parts.rpc.close();
  }

  async #attempt(action: string, parameters: RpcParameters, attempts: number, signal: AbortSignal): Promise<RpcReply> {
    const { apiVersion, rpc, clock, random } = this.#parts;
    const isReading = READING.test(action);
    const idempotentToken = tokenOf(apiVersion, action, parameters);
    let mayHaveHadEffect = false;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await rpc.call(action, parameters, signal);
      } catch (cause) {
        const error = cause instanceof MnsbusError ? cause : immUnreachable(cause);
        mayHaveHadEffect ||= !isReading && !isWithoutEffect(error);
        const isSafe = !mayHaveHadEffect || idempotentToken !== undefined;
        if (error.retryable && isSafe && attempt < attempts) {
          await sleep(clock, fullJitter(RETRY_MS, attempt, random), signal);
          continue;
        }
        throw mayHaveHadEffect ? new ImmEffectUnknownError({ action, idempotentToken, cause: error }) : error;
      }
    }
  }
}

/** The token that makes a request safe to repeat: one action has it (spec imm §2.4). Another ignores a member of that name. */
export function tokenOf(apiVersion: string, action: string, request: object): string | undefined {
  if (apiVersion !== '2017-09-06' || action !== 'CreateOfficeConversionTask') return undefined;
  const token = 'IdempotentToken' in request ? request.IdempotentToken : undefined;
  return typeof token === 'string' && token !== '' ? token : undefined;
}

function parametersOf(request: object): RpcParameters {
  return Object.fromEntries(
    Object.entries(request).flatMap(([name, value]) => (value === undefined ? [] : [[name, textOf(name, value)]])),
  );
}

// Half a surrogate pair cannot be sent.
function textOf(name: string, value: unknown): string {
  if (typeof value === 'string') return value.toWellFormed();
  try {
    const text: unknown = JSON.stringify(value);
    if (typeof text === 'string') return text.toWellFormed();
  } catch {
    // Said below: a circle, a bigint, a depth without end.
  }
  throw invalidArgument(name, 'a text or a JSON value', value);
}
