import type { WireRequest, WireResponse } from '@mnsbus/core';
import { eventLoopTurn } from '@mnsbus/core/internal';
import type { Escapes } from '../escapes.js';
import { stateProblem } from '../laws.js';
import type { Coverage } from './coverage.js';
import type { AdminDraft, Draft, Step } from './draft.js';
import { judgeAdminReply, judgeReply, type Verdict } from './judge.js';
import { Memory } from './memory.js';
import { wireRequest } from './signing.js';
import { openWorld, type FuzzedWorld, type MakeEmulator, type SessionPlan } from './world.js';

/** What went wrong in a session. */
export interface Problem {
  /** The step that showed it; the number of steps when only the end did. */
  readonly step: number;
  readonly text: string;
}

/** Gives the step of this number, or `undefined` at the end. */
export type NextStep = (index: number, memory: Memory) => Step | undefined;

/** What a session needs around it. */
export interface SessionParts {
  readonly escapes: Escapes;
  readonly coverage?: Coverage | undefined;
  readonly make?: MakeEmulator | undefined;
}

/** Turns of the event loop within which what need not wait for the time has been answered. */
const MOST_TURNS = 200;

/** Longest that a receive waits, in milliseconds (spec mns §3.1), and a little more. */
const LONGEST_POLL_MS = 30_001;

/** A request that has not been answered. */
interface Open {
  readonly step: number;
  readonly draft: Draft;
  readonly sinceMs: number;
  readonly leave: AbortController;
  verdict: Verdict | undefined;
}

/** One emulator, and requests of every kind to it, each judged. */
export class Session {
  readonly #parts: SessionParts;
  readonly #world: FuzzedWorld;
  readonly #memory = new Memory();
  readonly #open: Open[] = [];
  /** Whether faults have been asked for: then replies may be what they like, but the emulator's own errors still escape. */
  #isFaulty = false;
  /** Whether the time has jumped by the admin API: then nobody can say how long a receive has waited. */
  #hasJumped = false;

  private constructor(parts: SessionParts, world: FuzzedWorld) {
    this.#parts = parts;
    this.#world = world;
  }

  /** Runs a session to its end, or to its first problem. */
  static async run(plan: SessionPlan, next: NextStep, parts: SessionParts): Promise<Problem | undefined> {
    const session = new Session(parts, await openWorld(plan, parts.make));
    const problem = await session.#run(next);
    session.#world.close();
    return problem;
  }

  async #run(next: NextStep): Promise<Problem | undefined> {
    let index = 0;
    for (let step = next(0, this.#memory); step !== undefined; step = next(index, this.#memory)) {
      const text = await this.#carryOut(step, index);
      if (text !== undefined) return { step: index, text };
      index += 1;
    }
    const text = await this.#end();
    return text === undefined ? undefined : { step: index, text };
  }

  async #carryOut(step: Step, index: number): Promise<string | undefined> {
    if (step.kind === 'time') await this.#world.advance(step.ms);
    else await this.#send(step.draft, index);
    return this.#parts.escapes.take() ?? this.#firstProblem();
  }

  /** Sends, and waits a while: what is not answered then waits for the time, or hangs. */
  async #send(draft: Draft, index: number): Promise<void> {
    const open: Open = {
      step: index,
      draft,
      sinceMs: this.#world.now(),
      leave: new AbortController(),
      verdict: undefined,
    };
    this.#open.push(open);
    void this.#verdictOn(draft, index, open);
    const turns = waitsForTime(draft) || this.#isFaulty ? 2 : MOST_TURNS;
    await eventLoopTurn();
    for (let turn = 1; turn < turns && open.verdict === undefined; turn += 1) await eventLoopTurn();
    if (open.verdict === undefined && draft.door === 'mns' && draft.leaves) open.leave.abort();
    if (open.verdict === undefined && turns === MOST_TURNS) open.verdict = { problem: 'no answer' };
  }

  async #verdictOn(draft: Draft, index: number, open: Open): Promise<void> {
    try {
      open.verdict = await this.#answered(draft, index, open);
    } catch (error) {
      open.verdict = { problem: `rejected: ${error instanceof Error ? (error.stack ?? '') : String(error)}` };
    }
  }

  async #answered(draft: Draft, index: number, { leave }: Open): Promise<Verdict> {
    if (draft.door === 'admin') return this.#adminAnswered(draft);
    const nonce = `${index}`;
    const request = wireRequest(draft, { keys: this.#world.keys, nowMs: this.#world.now(), nonce });
    const mayLeave = draft.door === 'mns' && draft.leaves;
    const reply = await this.#world.emulator.handle(mayLeave ? { ...request, signal: leave.signal } : request);
    this.#memory.learn(draft, reply);
    return this.#isFaulty ? { outcome: 'under faults' } : judged(request, reply);
  }

  async #adminAnswered(draft: AdminDraft): Promise<Verdict> {
    const { operation, method, path, headers, body } = draft;
    const hasBody = method !== 'GET' && method !== 'HEAD' && body.length > 0;
    const request = requestOrUndefined(path, {
      method,
      headers: headers.map(([name, value]): [string, string] => [name, value]),
      ...(hasBody ? { body: Buffer.from(body) } : {}),
    });
    if (request === undefined) return { outcome: 'no request' };
    if (operation === 'addFault') this.#isFaulty = true;
    if (/clock|restore|reset/i.test(operation)) this.#hasJumped = true;
    const reply = await this.#world.admin(request);
    const text = await reply.text();
    this.#memory.learn(draft, { body: Buffer.from(text) });
    // What is under way has met its faults already.
    if (operation === 'clearFaults' && reply.status === 200 && this.#open.length === 1) this.#isFaulty = false;
    return method === 'HEAD' && reply.status < 500 ? { outcome: 'head' } : judgeAdminReply(reply.status, text);
  }

  /** The first wrong answer, and what was answered well is forgotten. */
  #firstProblem(): string | undefined {
    const { coverage } = this.#parts;
    let kept = 0;
    for (const open of this.#open) {
      const { verdict, draft } = open;
      if (verdict === undefined) {
        const waitedMs = this.#world.now() - open.sinceMs;
        if (waitedMs > LONGEST_POLL_MS && !this.#isFaulty && !this.#hasJumped) {
          return `${draft.operation} of step ${open.step} has not been answered for ${waitedMs} ms`;
        }
        this.#open[kept] = open;
        kept += 1;
        continue;
      }
      if (verdict.problem !== undefined) return `${draft.operation} of step ${open.step}: ${verdict.problem}`;
      coverage?.count(draft, verdict.outcome);
    }
    this.#open.length = kept;
    return undefined;
  }

  async #end(): Promise<string | undefined> {
    const { escapes } = this.#parts;
    const { emulator } = this.#world;
    if (!this.#isFaulty && !this.#hasJumped) await this.#world.advance(LONGEST_POLL_MS);
    const before = escapes.take() ?? this.#firstProblem();
    if (before !== undefined) return before;
    const wrong = await stateProblem(emulator, this.#world.another);
    if (wrong !== undefined) return wrong;
    emulator.close();
    for (let turn = 0; turn < 8; turn += 1) await eventLoopTurn();
    const after = escapes.take() ?? this.#firstProblem();
    if (after !== undefined) return after;
    if (this.#open.length > 0) return `${this.#open.length} requests are not answered by an emulator that is closed`;
    const timers = this.#world.pendingTimers();
    return timers === 0 ? undefined : `${timers} timers are set after the end`;
  }
}

function judged(request: WireRequest, reply: WireResponse): Verdict {
  // The certificate of pushes is neither service's.
  return request.target.startsWith('/_emulator/') ? { outcome: 'success' } : judgeReply(reply);
}

/** Only a receive waits. */
function waitsForTime(draft: Draft): boolean {
  return draft.door === 'mns' || draft.door === 'raw' ? draft.method === 'GET' : false;
}

function requestOrUndefined(path: string, init: RequestInit): Request | undefined {
  try {
    return new Request(`http://emulator.invalid/_emulator${path}`, init);
  } catch {
    return undefined;
  }
}
