import type { ListenerContext } from '@mnsbus/bridge';
import { SeededRandom, sleep, type Clock } from '@mnsbus/core';
import type { Healing } from './healing.js';
import type { Ledger, ListenerFact } from './ledger.js';
import { listenerPlanOf } from './listener-plan.js';
import type { Scenario } from './scenario-plan.js';

/** What a listener works with. */
export interface WorkParts {
  readonly scenario: Scenario;
  readonly ledger: Ledger;
  /** The wall clock of the run, not that of the process. */
  readonly clock: Clock;
  /** Time, as long as the process lives. */
  readonly processClock: Clock;
  readonly process: string;
  readonly healing: Healing;
}

/**
 * Longest work of a listener once faults are over, in milliseconds: well within the shortest lease, of which rounding to seconds may
 * have left a second.
 */
const HEALED_WORK_MS = 300;

/** One call of a listener: notes what it does in the ledger. */
export class Work {
  readonly #parts: WorkParts;
  readonly #context: ListenerContext;
  readonly #call: number;
  readonly #taskId: string;
  readonly #listener: string;
  readonly #onAbort = (): void => this.#note({ kind: 'aborted' });

  constructor(parts: WorkParts, listener: string, taskId: string, context: ListenerContext) {
    this.#parts = parts;
    this.#context = context;
    this.#taskId = taskId;
    this.#listener = listener;
    this.#call = parts.ledger.begin();
    const { deliveryCount = 0, body } = context.delivery;
    this.#note({ kind: 'called', deliveryCount, body });
    if (context.signal.aborted) this.#onAbort();
    else context.signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** Does the work as planned, and throws as planned; the caller says when the call has ended. `onHandled` is called as soon as it is done. */
  async run(onHandled: () => void = () => {}): Promise<void> {
    const { scenario, ledger, healing, processClock } = this.#parts;
    const { signal } = this.#context;
    const random = new SeededRandom(scenario.seed);
    const drawn = listenerPlanOf(random, scenario.temper, this.#taskId, this.#listener);
    // What takes longer than any lease lasts would never be handled: after the healing, listeners are quick.
    const plan = healing.isOver ? { ...drawn, workMs: Math.min(drawn.workMs, HEALED_WORK_MS) } : drawn;
    const isPoison = plan.failures === Number.POSITIVE_INFINITY;
    if (ledger.attempts(this.#taskId, this.#listener) <= plan.failures && (isPoison || !healing.isOver)) {
      await this.#fail(plan);
      return;
    }
    // Who is told to stop before it begins has nothing to acknowledge any more.
    if (plan.answer !== 'return' && !healing.isOver && !signal.aborted) {
      this.#note({ kind: 'handled', early: true });
      onHandled();
      this.#context.ack();
      await (plan.answer === 'early' ? sleep(processClock, plan.workMs) : healing.over);
      return;
    }
    await sleep(processClock, plan.workMs, plan.onAbort === 'ignore' ? undefined : signal);
    if (signal.aborted && plan.onAbort === 'return') return;
    // Told to stop, it stops, and has not handled the event.
    if (signal.aborted && plan.onAbort === 'throw') throw new Error('stopped');
    this.#note({ kind: 'handled', early: false });
    if (!signal.aborted) onHandled();
  }

  /** Notes that the reader leaves with it in hand. */
  givenBack(): void {
    this.#note({ kind: 'given-back' });
  }

  /** Notes that the call has ended. */
  end(): void {
    this.#context.signal.removeEventListener('abort', this.#onAbort);
    this.#note({ kind: 'ended' });
  }

  async #fail({ workMs, fails }: ReturnType<typeof listenerPlanOf>): Promise<void> {
    const { scenario, healing, processClock } = this.#parts;
    const { signal, retry, deadLetter } = this.#context;
    if (fails === 'forever') await healing.over;
    await sleep(processClock, workMs, signal);
    if (fails === 'condemn' && scenario.bridge.hasDeadLetterQueue) {
      this.#note({ kind: 'condemned' });
      deadLetter('never this one');
      return;
    }
    this.#note({ kind: 'failed' });
    if (fails === 'retry') {
      retry({ afterSeconds: 2 });
      return;
    }
    // Hangs for as long as it is let.
    if (fails === 'hang') await aborted(signal);
    throw new Error('not this time');
  }

  #note(fact: ListenerFact): void {
    const { ledger, clock, process } = this.#parts;
    const { messageId, queueName = '' } = this.#context.delivery;
    ledger.record({
      ...fact,
      atMs: clock.now(),
      process,
      queueName,
      messageId,
      taskId: this.#taskId,
      listener: this.#listener,
      call: this.#call,
    });
  }
}

/** Resolves when a signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
