import { textOf } from '../dispatch/listener-call.js';

/**
 * Calls a function of the app that only hears of something. What it throws, or rejects with, goes to `failed` in words and
 * reaches nobody else: who hears is not who decides.
 */
export function tell<T>(hearer: (value: T) => unknown, value: T, failed: (reason: string) => void): void {
  try {
    const returned = hearer(value);
    if (returned !== undefined) Promise.resolve(returned).then(undefined, (cause: unknown) => failed(textOf(cause)));
  } catch (cause) {
    failed(textOf(cause));
  }
}

/** Tells whoever runs the process of something that no code of the app can be told. */
export function warnProcess(code: string, text: string): void {
  process.emitWarning(`mnsbus: ${text}`, { type: 'MnsbusWarning', code });
}
