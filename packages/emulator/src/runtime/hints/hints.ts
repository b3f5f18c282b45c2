import type { Tenant } from '../accounts.js';
import { base64ThroughJson } from './base64-through-json.js';
import { clockSkew } from './clock-skew.js';
import type { Hint, HintCode, HintDraft } from './hint.js';
import type { HintWorld, Observation } from './observation.js';
import { pushHostRefused, queueMissing, topicMissing } from './lost-messages.js';
import { pageRefused, tunnelRefused } from './refused-at-door.js';
import { regionMismatch } from './region-mismatch.js';
import { signedForElsewhere } from './signed-for-elsewhere.js';
import { storeFull } from './store-full.js';
import { scriptOfUnknownAction, unansweredAction } from './unanswered-action.js';
import { topicWithoutSubscription } from './topic-without-subscription.js';
import { UnreceivedQueues, type ReceivableSince } from './unreceived-queues.js';
import { unknownKey, wrongSecret } from './wrong-keys.js';

/** Says whether an observation looks wrong; keeps nothing. */
export type HintDetector = (observation: Observation, world: HintWorld) => HintDraft | undefined;

/** What is looked for in single observations; the first that has something to say of one explains it. */
const DETECTORS: readonly (readonly [code: HintCode, detect: HintDetector])[] = [
  ['signed-for-elsewhere', signedForElsewhere],
  ['base64-through-json', base64ThroughJson],
  ['topic-without-subscription', topicWithoutSubscription],
  ['region-mismatch', regionMismatch],
  ['clock-skew', clockSkew],
  ['unknown-key', unknownKey],
  ['wrong-secret', wrongSecret],
  ['topic-missing', topicMissing],
  ['queue-missing', queueMissing],
  ['push-refused', pushHostRefused],
  ['tunnel-refused', tunnelRefused],
  ['page-refused', pageRefused],
  ['action-unanswered', unansweredAction],
  ['unknown-action-scripted', scriptOfUnknownAction],
  ['store-full', storeFull],
];

/** Most hints of one code: subjects have names that clients choose, and so there is no end to them. */
export const MAX_HINTS_OF_A_CODE = 50;

/** Most characters of each text of a hint, which may have names that clients choose. */
export const MAX_HINT_TEXT = 500;

/** What an emulator's hints need around them. */
export interface HintsContext {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Milliseconds since 1970 if nobody had set the clock: what messages are ordered by. */
  readonly time: () => number;
  readonly world: HintWorld;
  /** Told of each hint, once. What it throws becomes a warning of the process. */
  readonly onHint: (hint: Hint) => void;
}

/** Looks over the emulator's shoulder and says, once each, what looks wrong. Never changes what is answered. */
export class Hints {
  readonly #context: HintsContext;
  readonly #hints = new Map<string, Hint>();
  readonly #counts = new Map<HintCode, number>();
  readonly #queues: UnreceivedQueues[] = [];

  constructor(context: HintsContext) {
    this.#context = context;
  }

  /** Shows something to the detectors. */
  observe(observation: Observation): void {
    for (const [code, detect] of DETECTORS) {
      const draft = this.#ask(detect, observation);
      if (draft === undefined) continue;
      this.#add(code, draft);
      return;
    }
  }

  /** A detector that fails must not change what a client is answered. */
  #ask(detect: HintDetector, observation: Observation): HintDraft | undefined {
    try {
      return detect(observation, this.#context.world);
    } catch (error) {
      process.emitWarning(error instanceof Error ? error : String(error));
      return undefined;
    }
  }

  /** Looks after the queues of a tenant; to be asked for once. */
  queuesOf(tenant: Tenant, receivableSinceMs: ReceivableSince): UnreceivedQueues {
    const now = this.#context.time;
    const report = (draft: HintDraft): void => this.#add('queue-without-receiver', draft);
    const queues = new UnreceivedQueues({ tenant, now, report, receivableSinceMs });
    this.#queues.push(queues);
    return queues;
  }

  /** Every hint so far, oldest first. */
  list(): readonly Hint[] {
    const nowMs = this.#context.time();
    for (const queues of this.#queues) queues.look(nowMs);
    return [...this.#hints.values()];
  }

  #add(code: HintCode, draft: HintDraft): void {
    const subject = cut(draft.subject);
    const key = `${code} ${subject}`;
    const count = this.#counts.get(code) ?? 0;
    if (this.#hints.has(key) || count >= MAX_HINTS_OF_A_CODE) return;
    this.#counts.set(code, count + 1);
    const [message, advice] = [cut(draft.message), cut(draft.advice)];
    const atMs = this.#context.now();
    const hint: Hint = { code, subject: copy(subject), message: copy(message), advice: copy(advice), atMs };
    this.#hints.set(copy(key), hint);
    try {
      this.#context.onHint(hint);
    } catch (error) {
      // A listener must not change what a client is answered.
      process.emitWarning(error instanceof Error ? error : String(error));
    }
  }
}

function cut(text: string): string {
  return text.length <= MAX_HINT_TEXT ? text : `${text.slice(0, MAX_HINT_TEXT - 1).toWellFormed()}…`;
}

/** A text of its own: one that was put together holds on to its parts, and they to the request that they were cut from. */
function copy(text: string): string {
  return Buffer.from(text).toString();
}
