import { describeValue } from '../errors.js';

/** What code of the app has answered, or, in words, what it did instead. */
export type Answer<Value> =
  | { readonly value: Value; readonly failure: undefined }
  | { readonly value: undefined; readonly failure: string };

/** Calls code of the app, which must answer at once. Never throws, and leaves no rejection unhandled. */
export function attempt<Value>(call: () => Value): Answer<Value> {
  try {
    const value = call();
    return isPromise(value) ? { value: undefined, failure: 'a promise' } : { value, failure: undefined };
  } catch (thrown) {
    return { value: undefined, failure: `the error ${wordsOf(thrown)}` };
  }
}

/** Whether a value is a promise; its outcome is nobody's any more, and must not end the process. */
export function isPromise(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('then' in value) || typeof value.then !== 'function')
    return false;
  void Promise.resolve(value).then(undefined, () => undefined);
  return true;
}

// What was thrown may be anything, also something that cannot be looked at.
function wordsOf(thrown: unknown): string {
  try {
    return thrown instanceof Error ? `"${thrown.message.slice(0, 200)}"` : describeValue(thrown);
  } catch {
    return 'that cannot be read';
  }
}
