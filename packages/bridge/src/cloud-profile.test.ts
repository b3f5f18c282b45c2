import { describe, expect, it } from 'vitest';
import { createMemoryDeduplicator } from './dedup/memory-deduplicator.js';
import { mounts } from './test-support/mounts.js';
import { convert, createResources } from './test-support/resources.js';

/** Tasks that are submitted side by side. */
const TASKS = 12;

async function heard(mount: (typeof mounts)['direct'], seed: string, isOnce: boolean): Promise<readonly string[]> {
  const mounted = await mount({
    profile: { base: 'cloud', repeatedEvents: 0.2, repeatedDeliveries: 0.2 },
    seed,
    imm: { durationMs: 100 },
  });
  const { clock } = mounted.emulator;
  const claims = isOnce ? { deduplicator: createMemoryDeduplicator({ clock }) } : {};
  const bus = mounted.bridge({ queueName: 'imm-events', ...claims });
  try {
    return await mounted.until(
      (async () => {
        await createResources(mounted);
        const handled: string[] = [];
        bus.on('FormatConvertJob:JobFinished', ({ data: { taskId } }) => void handled.push(taskId));
        await bus.start();
        const tasks = await Promise.all(Array.from({ length: TASKS }, () => convert(mounted)));
        const ids = tasks.map(({ TaskId }) => TaskId);
        await Promise.all(ids.map((taskId) => bus.waitFor({ name: 'FormatConvertJob:JobFinished', taskId })));
        await bus.close();
        expect([...new Set(handled)].toSorted()).toEqual(ids.toSorted());
        return handled;
      })(),
    );
  } finally {
    await bus.close();
    await mounted.close();
  }
}

describe('The bridge at services as unkind as the live ones', () => {
  it.each(Array.from({ length: 20 }, (_, run) => `cloud/${run}`))('hears of every task (seed %s)', async (seed) => {
    // An event that comes in two messages is handled twice, unless claims are made.
    expect((await heard(mounts.direct, seed, false)).length).toBeGreaterThan(TASKS);
    expect(await heard(mounts.direct, seed, true)).toHaveLength(TASKS);
  });

  it.each(Object.entries(mounts))('over the %s mount, too', async (_, mount) => {
    expect(await heard(mount, 'cloud', true)).toHaveLength(TASKS);
  });
});
