import { monotonicMs, type Clock, type Timer, type TimerOptions, type WireHandler } from '@mnsbus/core';

/**
 * A process that can be killed: with it end its timers, its requests, and everything that waits for them.
 *
 * What runs in it is given its `clock` and its `transport` – `createBridge({ ...connection, clock, transport })` – and reaches
 * for nothing else, so after {@link SimulatedProcess.kill} nothing of it ever runs again, not a listener, not a `finally`, as
 * after SIGKILL. The service sees its connections close. Another process is a restart. For the direct mount; over sockets,
 * kill a real process.
 */
export class SimulatedProcess {
  /** For messages and logs. */
  readonly name: string;
  /** Time, as long as the process lives. */
  readonly clock: Clock;
  /** The way to the services, as long as the process lives. */
  readonly transport: WireHandler;
  readonly #timers = new Set<Timer>();
  readonly #requests = new Set<AbortController>();
  #isDead = false;

  /** A process that has just started; `network` is the `handle` of an emulator, or what leads to it. */
  constructor(name: string, clock: Clock, network: WireHandler) {
    this.name = name;
    const { activity } = clock;
    this.clock = {
      now: () => clock.now(),
      monotonic: () => monotonicMs(clock),
      after: (delayMs, callback, options) => this.#after(clock, delayMs, callback, options),
      ...(activity === undefined ? {} : { activity }),
    };
    this.transport = (request) => this.#send(network, request);
  }

  /** Whether it was killed. */
  get isDead(): boolean {
    return this.#isDead;
  }

  /** Timers that are set: none after a clean end. */
  get pendingTimers(): number {
    return this.#timers.size;
  }

  /** Requests without an answer: none after a clean end. */
  get openRequests(): number {
    return this.#requests.size;
  }

  /** Ends the process where it stands; it cannot be started again. To be called from a timer or between two steps of the time. */
  kill(): void {
    this.#isDead = true;
    for (const timer of this.#timers) timer.cancel();
    for (const connection of this.#requests) connection.abort(new Error(`${this.name} was killed`));
    this.#timers.clear();
    this.#requests.clear();
  }

  #after(clock: Clock, delayMs: number, callback: () => void, options?: TimerOptions): Timer {
    if (this.#isDead) return { cancel: () => {} };
    const timer = clock.after(
      delayMs,
      () => {
        this.#timers.delete(timer);
        callback();
      },
      options,
    );
    this.#timers.add(timer);
    return {
      cancel: () => {
        this.#timers.delete(timer);
        timer.cancel();
      },
    };
  }

  #send(network: WireHandler, request: Parameters<WireHandler>[0]): ReturnType<WireHandler> {
    return new Promise((resolve, reject) => {
      if (this.#isDead) return;
      const connection = new AbortController();
      const { signal } = request;
      const hangUp = (): void => connection.abort(signal?.reason);
      const end = (): boolean => {
        signal?.removeEventListener('abort', hangUp);
        return this.#requests.delete(connection);
      };
      this.#requests.add(connection);
      if (signal?.aborted === true) hangUp();
      else signal?.addEventListener('abort', hangUp, { once: true });
      network({ ...request, signal: connection.signal }).then(
        (response) => end() && resolve(response),
        (error: unknown) => end() && reject(error),
      );
    });
  }
}
