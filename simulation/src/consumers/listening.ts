import type { ListenerContext } from '@mnsbus/bridge';
import type { SeededRandom } from '@mnsbus/core';
import type { Hears, LifeFact } from '../life-fact.js';
import type { SimulatedBus } from '../simulated-bus.js';
import { Work, type WorkParts } from '../work.js';

/** An event as far as the simulation has to tell it from others. */
export interface AnyHeard {
  readonly data?: unknown;
  readonly raw?: unknown;
}

/** A bus, and who listens to it: everything that is registered is noted, and so is every call. */
export class Listening {
  readonly bus: SimulatedBus;
  readonly parts: WorkParts;
  readonly random: SeededRandom;
  readonly #note: (fact: LifeFact) => void;

  constructor(bus: SimulatedBus, parts: WorkParts, random: SeededRandom, note: (fact: LifeFact) => void) {
    this.bus = bus;
    this.parts = parts;
    this.random = random;
    this.#note = note;
  }

  /** A listener that works as planned; `handled` is called as soon as it has done its work. */
  listener(
    name: string,
    hears: Hears,
    handled: () => void = () => {},
  ): (event: AnyHeard, context: ListenerContext) => Promise<void> {
    this.listens(name, hears);
    return async (event, context) => {
      const work = this.work(name, identityOf(event), context);
      try {
        await work.run(handled);
      } finally {
        work.end();
      }
    };
  }

  /** Work on an event, which begins here. */
  work(listener: string, taskId: string, context: ListenerContext): Work {
    return new Work(this.parts, listener, taskId, context);
  }

  listens(listener: string, hears: Hears): void {
    this.#note({ kind: 'listens', listener, hears });
  }

  left(listener: string): void {
    this.#note({ kind: 'stops-listening', listener });
  }

  /** Lets something go on beside; what it throws is its own. */
  run(work: Promise<void>): void {
    work.catch(() => {});
  }
}

/** What tells an event from others: the id of its task, or what the simulation has put into those without one. */
export function identityOf({ data, raw }: AnyHeard): string {
  return taskIdOf(data) ?? taskIdOf(memberOf(raw, 'imm')) ?? textOf(memberOf(raw, 'id')) ?? 'none';
}

function taskIdOf(value: unknown): string | undefined {
  return textOf(memberOf(value, 'taskId'));
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
