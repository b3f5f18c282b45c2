import type { Emulator } from '../src/emulator.js';

/** What is wrong with the state of an emulator, seen from outside; `undefined` when nothing is. */
export async function stateProblem(emulator: Emulator, another: () => Promise<Emulator>): Promise<string | undefined> {
  return countsProblem(emulator) ?? snapshotProblem(emulator, await another());
}

/** What a queue counts is what it keeps, in the state that each message says it has. */
function countsProblem(emulator: Emulator): string | undefined {
  const inspection = emulator.inspect();
  for (const { accountId, regions } of inspection.accounts()) {
    for (const { region, queues, topics } of regions) {
      const all = inspection.queues({ accountId, region }).items;
      if (all.length !== queues) return `${queues} queues counted and ${all.length} listed`;
      const named = inspection.topics({ accountId, region }).items;
      if (named.length !== topics) return `${topics} topics counted and ${named.length} listed`;
      for (const { name, counts } of all) {
        const { items, nextMarker } = inspection.messages({ queueName: name, accountId, region });
        if (nextMarker !== undefined) continue;
        for (const state of ['delayed', 'active', 'inactive'] as const) {
          const kept = items.filter((message) => message.state === state).length;
          if (kept !== counts[state]) return `${name} counts ${counts[state]} ${state} messages and keeps ${kept}`;
        }
        if (new Set(items.map(({ messageId }) => messageId)).size !== items.length) return `${name} keeps an id twice`;
      }
    }
  }
  return undefined;
}

/** The state can be taken out, put into another emulator, and is the same there, to the byte. */
function snapshotProblem(emulator: Emulator, second: Emulator): string | undefined {
  const text = JSON.stringify(emulator.snapshot());
  try {
    second.restore(JSON.parse(text));
    const again = JSON.stringify(second.snapshot());
    return again === text ? undefined : `a restored state is another one ${difference(text, again)}`;
  } catch (error) {
    return `its own snapshot is refused: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function difference(before: string, after: string): string {
  let at = 0;
  while (before[at] === after[at]) at += 1;
  const shown = (text: string): string => JSON.stringify(text.slice(Math.max(0, at - 80), at + 80));
  return `from ${at}: ${shown(before)} and ${shown(after)}`;
}
