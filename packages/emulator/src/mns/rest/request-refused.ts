import type { Failure, PlainFailureCode, Result } from '../failure.js';

/** Ends the handling of a request anywhere in the wire layer; it never leaves it. */
export class RequestRefused extends Error {
  override readonly name: string = 'RequestRefused';
  readonly failure: Failure;

  constructor(failure: PlainFailureCode | Failure) {
    super(typeof failure === 'string' ? failure : failure.code);
    this.failure = typeof failure === 'string' ? { code: failure } : failure;
  }
}

/** The value of a result. Throws {@link RequestRefused} when there is none. */
export function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new RequestRefused(result.failure);
  return result.value;
}
