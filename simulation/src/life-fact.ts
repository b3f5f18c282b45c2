import type { SettingsChange } from './scenario-plan.js';

/** Which events a listener is for: see `CarriedEvent`. */
export type Hears = 'consumer' | 'late' | 'all';

/** What happened to a process as its surroundings see it. */
export type LifeFact =
  | { readonly kind: 'starting' }
  /** `start` has resolved. */
  | { readonly kind: 'started' }
  | { readonly kind: 'start-failed'; readonly code: string }
  | { readonly kind: 'closing'; readonly deadlineMs: number }
  | { readonly kind: 'closed' }
  | { readonly kind: 'killed' }
  | { readonly kind: 'paused' }
  | { readonly kind: 'resumed' }
  | { readonly kind: 'configured'; readonly change: SettingsChange }
  | { readonly kind: 'clock-set'; readonly byMs: number }
  /** Keys could not be had from here until `untilMs`. */
  | { readonly kind: 'without-keys'; readonly untilMs: number }
  /** From here on a listener is registered for events of that kind; `once` ones until they have handled one. */
  | { readonly kind: 'listens'; readonly listener: string; readonly hears: Hears }
  | { readonly kind: 'stops-listening'; readonly listener: string }
  /** A status says that the service has refused a queue. */
  | { readonly kind: 'refused'; readonly queueName: string }
  /** Something escaped that would have ended the process. */
  | { readonly kind: 'died'; readonly reason: string };

/** A fact, with when, and of which life of which process. */
export type LifeEntry = LifeFact & { readonly atMs: number; readonly process: string };
