import { SeededRandom } from '@mnsbus/core';
import { eventLoopTurn } from '@mnsbus/core/internal';
import { Draw } from '../drawing/draw.js';
import { watchEscapes, type Escapes } from '../escapes.js';
import { drawnSteps } from '../requests/fuzz-requests.js';
import { Memory } from '../requests/memory.js';
import { wireRequest } from '../requests/signing.js';
import { drawPlan, openWorld, type MakeEmulator, type SessionPlan } from '../requests/world.js';
import { mutatedSnapshot } from './snapshot-mutation.js';
import { SnapshotTrials } from './snapshot-trial.js';

/** A snapshot that was neither refused well nor taken well. */
export interface SnapshotFailure {
  readonly plan: SessionPlan;
  readonly text: string;
  readonly problem: string;
  /** Where it differs from the snapshot of a real state. */
  readonly change: string;
}

/** What came of a run. */
export interface SnapshotsResult {
  readonly snapshots: number;
  readonly states: number;
  readonly outcomes: ReadonlyMap<string, number>;
  readonly failure?: SnapshotFailure | undefined;
}

/** How many snapshots are made of one state. */
const PER_STATE = 400;

/** Loads so many snapshots, each a real one with something wrong, until one is taken badly. */
export async function fuzzSnapshots(seed: string, snapshots: number, make?: MakeEmulator): Promise<SnapshotsResult> {
  const escapes = watchEscapes();
  const outcomes = new Map<string, number>();
  let loaded = 0;
  let states = 0;
  try {
    for (; loaded < snapshots; states += 1) {
      const plan = { ...drawPlan(`${seed}/${states}`), isOperated: false };
      const draw = new Draw(new SeededRandom(`${plan.seed}/mutations`));
      const text = await stateText({ ...plan, requests: draw.integer(10, 110) }, escapes);
      const trials = new SnapshotTrials(plan, escapes, make);
      for (let index = 0; index < PER_STATE && loaded < snapshots; index += 1, loaded += 1) {
        const mutated = mutatedSnapshot(draw, text);
        const trial = await trials.load(mutated, draw);
        if (trial.problem !== undefined)
          return {
            snapshots: loaded,
            states,
            outcomes,
            failure: { plan, text: mutated, problem: trial.problem, change: changeOf(text, mutated) },
          };
        outcomes.set(trial.outcome, (outcomes.get(trial.outcome) ?? 0) + 1);
      }
      trials.close();
    }
  } finally {
    escapes.release();
  }
  return { snapshots: loaded, states, outcomes };
}

/** The snapshot of a state that requests and time have made. */
export async function stateText(plan: SessionPlan, escapes: Escapes): Promise<string> {
  const world = await openWorld(plan);
  const next = drawnSteps(plan);
  const memory = new Memory();
  for (let index = 0, step = next(0, memory); step !== undefined; index += 1, step = next(index, memory)) {
    if (step.kind === 'time') await world.advance(step.ms);
    else if (step.draft.door !== 'admin') {
      const { draft } = step;
      const request = wireRequest(draft, { keys: world.keys, nowMs: world.now(), nonce: `${index}` });
      const answer = world.emulator.handle(request).then((reply) => memory.learn(draft, reply));
      await Promise.race([answer, eventLoopTurn()]);
    }
  }
  // What escapes here is judged where requests are.
  escapes.take();
  const text = JSON.stringify(world.emulator.snapshot());
  world.close();
  return text;
}

function changeOf(before: string, after: string): string {
  let start = 0;
  while (start < after.length && before[start] === after[start]) start += 1;
  const shown = (text: string): string => JSON.stringify(text.slice(Math.max(0, start - 120), start + 120));
  return `${shown(before)} became ${shown(after)}`;
}
