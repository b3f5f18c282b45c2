import { textOf } from '../dispatch/listener-call.js';

/** Calls a listener of the app that only hears of something: what it throws or rejects with is a warning of the process, and nothing else. */
export function reportTo<Fact>(name: string, listener: ((fact: Fact) => unknown) | undefined): (fact: Fact) => void {
  const warn = (cause: unknown): void =>
    process.emitWarning(`mnsbus: ${name} failed: ${textOf(cause)}`, { type: 'MnsbusWarning', code: name });
  return (fact) => {
    // As an async function it may throw and reject alike.
    const call = async (): Promise<void> => void (await listener?.(fact));
    call().catch(warn);
  };
}
