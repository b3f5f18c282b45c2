import type { Tenant } from '../accounts.js';
import { base64ThroughJson } from './base64-through-json.js';
import { clockSkew } from './clock-skew.js';
import type { Hint, HintCode, HintDraft } from './hint.js';
import type { HintWorld, Observation } from './observation.js';
import { pageRefused, tunnelRefused } from './refused-at-door.js';
import { regionMismatch } from './region-mismatch.js';
import { signedForElsewhere } from './signed-for-elsewhere.js';
import { scriptOfUnknownAction, unansweredAction } from './unanswered-action.js';
import { topicWithoutSubscription } from './topic-without-subscription.js';
import { UnreceivedQueues } from './unreceived-queues.js';

/** Says whether an observation looks wrong; keeps nothing. */
export type HintDetector = (observation: Observation, world: HintWorld) => HintDraft | undefined;

/** What is looked for in single observations. */
const DETECTORS: readonly (readonly [code: HintCode, detect: HintDetector])[] = [
  ['signed-for-elsewhere', signedForElsewhere],
  ['base64-through-json', base64ThroughJson],
  ['topic-without-subscription', topicWithoutSubscription],
  ['region-mismatch', regionMismatch],
  ['clock-skew', clockSkew],
  ['tunnel-refused', tunnelRefused],
  ['page-refused', pageRefused],
  ['action-unanswered', unansweredAction],
  ['unknown-action-scripted', scriptOfUnknownAction],
];

/** Most hints that are kept: subjects have names that clients choose, and so there is no end to them. */
export const MAX_HINTS = 200;

/** What an emulator's hints need around them. */
export interface HintsContext {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Milliseconds since some instant, which nobody can set back. */
  readonly monotonic: () => number;
  readonly world: HintWorld;
  /** Told of each hint, once. What it throws becomes a warning of the process. */
  readonly onHint: (hint: Hint) => void;
}

/** Looks over the emulator's shoulder and says, once each, what looks wrong. Never changes what is answered. */
export class Hints {
  readonly #context: HintsContext;
  readonly #hints = new Map<string, Hint>();
  readonly #queues: UnreceivedQueues[] = [];

  constructor(context: HintsContext) {
    this.#context = context;
  }

  /** Shows something to every detector. */
  observe(observation: Observation): void {
    for (const [code, detect] of DETECTORS) {
      const draft = detect(observation, this.#context.world);
      if (draft !== undefined) this.#add(code, draft);
    }
  }

  /** Looks after the queues of a tenant; to be asked for once. */
  queuesOf(tenant: Tenant): UnreceivedQueues {
    const queues = new UnreceivedQueues(tenant, this.#context.monotonic, (draft) =>
      this.#add('queue-without-receiver', draft),
    );
    this.#queues.push(queues);
    return queues;
  }

  /** Every hint so far, oldest first. */
  list(): readonly Hint[] {
    const nowMs = this.#context.monotonic();
    for (const queues of this.#queues) queues.look(nowMs);
    return [...this.#hints.values()];
  }

  #add(code: HintCode, draft: HintDraft): void {
    const key = `${code} ${draft.subject}`;
    if (this.#hints.has(key) || this.#hints.size >= MAX_HINTS) return;
    const hint: Hint = { code, ...draft, atMs: this.#context.now() };
    this.#hints.set(key, hint);
    try {
      this.#context.onHint(hint);
    } catch (error) {
      // A listener must not change what a client is answered.
      process.emitWarning(error instanceof Error ? error : String(error));
    }
  }
}
