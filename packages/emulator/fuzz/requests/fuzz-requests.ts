import { SeededRandom } from '@mnsbus/core';
import { Draw } from '../drawing/draw.js';
import { watchEscapes } from '../escapes.js';
import { drawAdmin } from './admin-grammar.js';
import { Coverage } from './coverage.js';
import type { Draft, Step } from './draft.js';
import { drawImm } from './imm-grammar.js';
import type { Memory } from './memory.js';
import { drawMns } from './mns-grammar.js';
import { Session, type NextStep, type Problem } from './session.js';
import { drawPlan, type MakeEmulator, type SessionPlan } from './world.js';

/** A session that went wrong. */
export interface Failure {
  readonly plan: SessionPlan;
  /** All that was done until then. */
  readonly steps: readonly Step[];
  readonly problem: Problem;
}

/** What came of a run. */
export interface RequestsResult {
  readonly coverage: Coverage;
  readonly sessions: number;
  readonly failure?: Failure | undefined;
}

/** Draws the steps of a session from its seed, and from what it has learnt. */
export function drawnSteps(plan: SessionPlan, taken: Step[] = []): NextStep {
  const draw = new Draw(new SeededRandom(`${plan.seed}/steps`));
  return (_, memory) => {
    if (taken.length >= plan.requests) return undefined;
    const step = drawStep(draw, memory, plan);
    taken.push(step);
    return step;
  };
}

function drawStep(draw: Draw, memory: Memory, plan: SessionPlan): Step {
  if (draw.once(9)) return { kind: 'time', ms: draw.one([1, 120, 700, 2000, 11_000, 31_000, 70_000, 3_600_000]) };
  return { kind: 'request', draft: drawDraft(draw, memory, plan) };
}

function drawDraft(draw: Draw, memory: Memory, { isOperated }: SessionPlan): Draft {
  const door = draw.integer(1, isOperated ? 12 : 8);
  if (door <= 5) return drawMns(draw, memory);
  return door <= 8 ? drawImm(draw, memory) : drawAdmin(draw, memory);
}

/** How a run differs from an ordinary one. */
export interface RequestsOptions {
  /** Default the emulator as it is. */
  readonly make?: MakeEmulator | undefined;
  /** Where answers are counted; those that it has count, too. Default nowhere yet. */
  readonly coverage?: Coverage;
}

/** Sends at least so many requests, in sessions of their own seeds, until something goes wrong. */
export async function fuzzRequests(
  seed: string,
  requests: number,
  { make, coverage = new Coverage() }: RequestsOptions = {},
): Promise<RequestsResult> {
  const most = coverage.requests + requests;
  let sessions = 0;
  while (coverage.requests < most) {
    const failure = await fuzzSession(`${seed}/${sessions}`, { make, coverage });
    sessions += 1;
    if (failure !== undefined) return { coverage, sessions, failure };
  }
  return { coverage, sessions };
}

/** One session by its seed. */
export async function fuzzSession(
  seed: string,
  { make, coverage }: RequestsOptions = {},
): Promise<Failure | undefined> {
  const plan = drawPlan(seed);
  const steps: Step[] = [];
  const escapes = watchEscapes();
  try {
    const problem = await Session.run(plan, drawnSteps(plan, steps), { escapes, coverage, make });
    return problem === undefined ? undefined : { plan, steps, problem };
  } finally {
    escapes.release();
  }
}
