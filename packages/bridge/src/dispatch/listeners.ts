import type { DecodedEvent } from './decoded-event.js';
import type { Handler } from './listener-call.js';
import { untilHandled } from './until-handled.js';

interface Registration {
  /** The app's function; none for a handler of our own, which the app neither counts nor removes. */
  readonly listener: Handler | undefined;
  /** What is called in its place: another for each registration, and the same as long as that lasts. */
  readonly handler: Handler;
  isGone: boolean;
}

const NONE: readonly Registration[] = [];

/** Who listens to what: to a name, to a group of names such as `imm:Task:*`, or to `*`. */
export class Listeners {
  readonly #patterns: ReadonlySet<string>;
  readonly #registered = new Map<string, readonly Registration[]>();
  /** By the name of an event, until anything changes. Whoever sends events thinks of no names: those without a type share one. */
  readonly #found = new Map<string, readonly Handler[]>();

  /** `names`: those of all events that may come, `unknown` aside. */
  constructor(names: readonly string[]) {
    this.#patterns = new Set(['unknown', ...names].flatMap(patternsOf));
  }

  /** Whether an event may come that fits this pattern. */
  knows(pattern: string): boolean {
    return this.#patterns.has(pattern);
  }

  /** Registers a function of the app. */
  add(pattern: string, listener: Handler): void {
    this.#register(pattern, listener, listener);
  }

  /** Registers a function of the app until it has handled one event. */
  addOnce(pattern: string, listener: Handler): void {
    const handler = untilHandled(listener, () => this.#unregister(pattern, (one) => one === registration));
    const registration = this.#register(pattern, handler, listener);
  }

  /** Registers a handler of our own, which says itself when the work begins; returns what takes it away. */
  attach(pattern: string, handler: Handler): () => void {
    const registration = this.#register(pattern, handler, undefined);
    return () => this.#unregister(pattern, (one) => one === registration);
  }

  /** Takes away a function of the app, however often it was registered. */
  remove(pattern: string, listener: unknown): void {
    this.#unregister(pattern, (one) => one.listener !== undefined && one.listener === listener);
  }

  /** Takes away every function of the app, or those of one pattern. */
  removeAll(pattern?: string): void {
    const patterns = pattern === undefined ? [...this.#registered.keys()] : [pattern];
    for (const one of patterns) this.#unregister(one, isOfApp);
  }

  /** How many functions of the app are registered for exactly this pattern. */
  count(pattern: string): number {
    return (this.#registered.get(pattern) ?? NONE).filter(isOfApp).length;
  }

  /** The patterns that functions of the app are registered for. */
  patterns(): string[] {
    return [...this.#registered.keys()].filter((pattern) => this.count(pattern) > 0);
  }

  /** The handlers that an event is for: those of its name first, then of its groups from the narrowest, then of `*`. */
  of(event: DecodedEvent): readonly Handler[] {
    return this.#found.get(event.name) ?? this.#find(event.name);
  }

  #find(name: string): readonly Handler[] {
    const registrations = patternsOf(name).flatMap((pattern) => this.#registered.get(pattern) ?? NONE);
    const handlers = registrations.map(({ handler }) => handler);
    this.#found.set(name, handlers);
    return handlers;
  }

  #register(pattern: string, handler: Handler, listener: Handler | undefined): Registration {
    const registration: Registration = {
      listener,
      // A handler is called a while after it was found, and may be registered no more by then.
      handler: (event, context) => {
        if (registration.isGone) return context.release();
        if (listener !== undefined) context.begin();
        return handler(event, context);
      },
      isGone: false,
    };
    this.#registered.set(pattern, [...(this.#registered.get(pattern) ?? NONE), registration]);
    this.#found.clear();
    return registration;
  }

  #unregister(pattern: string, isMeant: (one: Registration) => boolean): void {
    const registrations = this.#registered.get(pattern) ?? NONE;
    for (const one of registrations) one.isGone ||= isMeant(one);
    const left = registrations.filter(({ isGone }) => !isGone);
    if (left.length > 0) this.#registered.set(pattern, left);
    else this.#registered.delete(pattern);
    this.#found.clear();
  }
}

function isOfApp({ listener }: Registration): boolean {
  return listener !== undefined;
}

/** Every pattern that a name fits. */
export function patternsOf(name: string): readonly string[] {
  const patterns = [name];
  for (let at = name.lastIndexOf(':'); at > 0; at = name.lastIndexOf(':', at - 1))
    patterns.push(`${name.slice(0, at)}:*`);
  return [...patterns, '*'];
}
