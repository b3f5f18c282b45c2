import { fc, it as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { drawScenario } from './scenario.js';
import { shorten } from './shorten.js';

describe('shorten', () => {
  prop.prop([fc.nat(200), fc.nat(23), fc.nat(15)])(
    'leaves just what is needed, whatever that is',
    async (seed, message, task) => {
      const scenario = drawScenario(`shorten/${seed}`);
      const neededMessage = scenario.messages[message % Math.max(1, scenario.messages.length)];
      const neededTask = scenario.tasks[task % scenario.tasks.length];
      const shortest = await shorten(
        scenario,
        async ({ messages, tasks }) =>
          (neededMessage === undefined || messages.includes(neededMessage)) &&
          neededTask !== undefined &&
          tasks.includes(neededTask),
        1000,
      );
      expect(shortest).toMatchObject({
        messages: neededMessage === undefined ? [] : [neededMessage],
        tasks: [neededTask],
        faults: [],
        outages: [],
        replicas: 1,
        latencyMs: 0,
      });
    },
  );

  it('takes no more runs than it may', async () => {
    let runs = 0;
    const scenario = drawScenario('shorten/limit');
    await shorten(
      scenario,
      async () => {
        runs += 1;
        return false;
      },
      7,
    );
    expect(runs).toBe(7);
  });

  it('changes nothing that is needed whole', async () => {
    const scenario = drawScenario('shorten/whole');
    expect(await shorten(scenario, async (candidate) => candidate === scenario, 1000)).toBe(scenario);
  });
});
