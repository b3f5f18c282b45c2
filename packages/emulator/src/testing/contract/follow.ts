import type { Answer, ContractWorld, PendingAnswer } from './contract-world.js';

/** Awaits a receive that waits: where time is virtual, by moving it, and looking at these offsets in milliseconds. */
export async function follow(
  world: ContractWorld,
  pending: PendingAnswer,
  offsetsMs: readonly number[],
): Promise<Answer> {
  if (!world.target.capabilities.virtualTime) return pending.answer;
  const startMs = world.target.now();
  // The last instant at which there was no answer yet.
  let unansweredMs = pending.isAnswered() ? undefined : startMs;
  await world.sleep(0);
  for (const offsetMs of offsetsMs.toSorted((a, b) => a - b)) {
    if (pending.isAnswered()) break;
    unansweredMs = world.target.now();
    await world.sleep(startMs + offsetMs - unansweredMs);
  }
  const { reply, during } = await pending.answer;
  return { reply, during: { earliest: unansweredMs ?? during.earliest, latest: during.latest } };
}
