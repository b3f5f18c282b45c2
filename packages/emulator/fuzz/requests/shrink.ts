import { watchEscapes } from '../escapes.js';
import type { Draft, Pairs, Step } from './draft.js';
import type { Failure } from './fuzz-requests.js';
import { Session, type Problem } from './session.js';
import type { MakeEmulator } from './world.js';

/** Most sessions that a search for a smaller failure runs. */
const MOST_RUNS = 400;

/** Looks for fewer steps, and simpler ones, that go wrong as well. */
export async function shrink(failure: Failure, make?: MakeEmulator): Promise<Failure> {
  const escapes = watchEscapes();
  let best = failure;
  let runs = 0;
  const kind = kindOf(failure.problem);
  const isBetter = async (steps: readonly Step[]): Promise<boolean> => {
    if (runs >= MOST_RUNS) return false;
    runs += 1;
    const problem = await Session.run(failure.plan, (index) => steps[index], { escapes, make });
    escapes.take();
    if (problem === undefined || kindOf(problem) !== kind) return false;
    best = { ...failure, steps: steps.slice(0, problem.step + 1), problem };
    return true;
  };
  try {
    // What was drawn again from replies may differ without what came before: then it stays as it was.
    await fewer(() => best.steps, isBetter);
    for (let index = best.steps.length - 1; index >= 0; index -= 1) await simpler(() => best.steps, index, isBetter);
  } finally {
    escapes.release();
  }
  return best;
}

/** What is wrong, whichever request and numbers it is about: only the same is the same failure. */
function kindOf({ text }: Problem): string {
  return text
    .replace(/^\S+ of step \d+:? /, '')
    .replaceAll(/\d+/g, '')
    .slice(0, 30);
}

type IsBetter = (steps: readonly Step[]) => Promise<boolean>;

/** Leaves out halves, quarters and so on, down to single steps. */
async function fewer(best: () => readonly Step[], isBetter: IsBetter): Promise<void> {
  for (let size = Math.ceil(best().length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let end = best().length; end > 0; end -= size) {
      const steps = best();
      await isBetter([...steps.slice(0, Math.max(0, end - size)), ...steps.slice(end)]);
    }
  }
}

/** Takes parts of one request away, as long as it goes wrong without them. */
async function simpler(best: () => readonly Step[], index: number, isBetter: IsBetter): Promise<void> {
  for (let isSmaller = true; isSmaller;) {
    isSmaller = false;
    const step = best()[index];
    if (step?.kind !== 'request') return;
    for (const draft of smallerDrafts(step.draft)) {
      const steps = best().map((one, at): Step => (at === index ? { kind: 'request', draft } : one));
      if (!(await isBetter(steps))) continue;
      isSmaller = true;
      break;
    }
  }
}

/** The same request without a header, a parameter, a part of its query or a half of its body. */
function* smallerDrafts(draft: Draft): IterableIterator<Draft> {
  for (const headers of without(draft.headers)) yield { ...draft, headers };
  if (draft.door === 'imm') {
    for (const parameters of without(draft.parameters)) yield { ...draft, parameters };
    return;
  }
  for (const body of shorter(draft.body)) yield { ...draft, body };
  const [path = '', query] = (draft.door === 'admin' ? draft.path : draft.target).split('?', 2);
  const items = query?.split('&') ?? [];
  for (const index of items.keys()) {
    const rest = items.toSpliced(index, 1).join('&');
    const target = rest === '' ? path : `${path}?${rest}`;
    yield draft.door === 'admin' ? { ...draft, path: target } : { ...draft, target };
  }
}

function* without(pairs: Pairs): IterableIterator<Pairs> {
  for (const index of pairs.keys()) yield pairs.toSpliced(index, 1);
}

function* shorter(body: Uint8Array): IterableIterator<Uint8Array> {
  for (let size = Math.ceil(body.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 4)) {
    for (let start = 0; start < body.length && start < 64 * size; start += size) {
      yield Buffer.concat([body.subarray(0, start), body.subarray(start + size)]);
    }
  }
}
