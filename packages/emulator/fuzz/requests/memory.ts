import type { WireResponse } from '@mnsbus/core';
import type { Draw } from '../drawing/draw.js';
import type { Draft, ImmDraft } from './draft.js';

/** How many values of a kind are remembered: the oldest go first. */
const MOST = 60;

const PATTERNS = [
  ['receiptHandle', /<ReceiptHandle>([^<]*)</g],
  ['messageId', /<MessageId>([^<]*)</g],
  ['marker', /(?:<NextMarker>|"NextMarker":"|"nextMarker":")([^<"]*)[<"]/g],
  ['nextToken', /(?:<NextToken>|"NextToken":")([^<"]*)[<"]/g],
] as const;

/** A kind of value that replies give, and later requests name. */
export type RememberedKind = (typeof PATTERNS)[number][0];

/** A task, job, trigger or batch that IMM was asked for. */
export interface RememberedTask {
  readonly id: string;
  readonly version: string;
  /** The action that has made it. */
  readonly action: string;
  readonly project: string;
}

const TASK_ID = /(?:<TaskId>|<JobId>|<Id>|"TaskId":"|"JobId":"|"Id":")([^<"]*)[<"]/;

/** What clients have learnt from replies. */
export class Memory {
  readonly #known = new Map<RememberedKind, string[]>();
  readonly #tasks: RememberedTask[] = [];

  /** Takes from a reply what later requests may name. */
  learn(draft: Draft, { body }: Pick<WireResponse, 'body'>): void {
    if (body.length === 0 || body.length > 60_000) return;
    const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
    if (draft.door === 'imm') {
      this.#learnTask(draft, text);
      if (!text.includes('Next')) return;
    }
    for (const [kind, pattern] of PATTERNS) {
      for (const [, value] of text.matchAll(pattern)) {
        if (value === undefined || value === '') continue;
        const known = this.#known.get(kind) ?? [];
        known.push(value);
        if (known.length > MOST) known.shift();
        this.#known.set(kind, known);
      }
    }
  }

  #learnTask({ operation: action, version, parameters }: ImmDraft, text: string): void {
    const id = action.startsWith('Create') ? TASK_ID.exec(text)?.[1] : undefined;
    if (id === undefined) return;
    const name = version === '2017-09-06' ? 'Project' : 'ProjectName';
    const project = parameters.findLast(([one]) => one === name)?.[1] ?? '';
    this.#tasks.push({ id, version, action, project });
    if (this.#tasks.length > MOST) this.#tasks.shift();
  }

  /** A task that fits; `undefined` when there is none. */
  recallTask(fits: (task: RememberedTask) => boolean, draw: Draw): RememberedTask | undefined {
    const fitting = this.#tasks.filter(fits);
    return fitting.length === 0 ? undefined : draw.one(fitting);
  }

  /** One that was learnt; the newest most often. */
  recall(kind: RememberedKind, draw: Draw): string | undefined {
    const known = this.#known.get(kind);
    if (known === undefined) return undefined;
    return draw.once(3) ? known.at(-1) : draw.one(known);
  }
}
