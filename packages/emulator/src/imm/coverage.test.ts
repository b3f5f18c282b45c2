import { readFile, readdir } from 'node:fs/promises';
import { knownEventNames, taskCatalogue } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import { imm2017 } from './rpc/actions/2017-09-06/imm-2017.js';
import { automationKinds } from './rpc/actions/2020-09-30/automations.js';
import { imm2020 } from './rpc/actions/2020-09-30/imm-2020.js';
import { DOCUMENTED_ACTIONS, type DocumentedActions } from './replies/documented-actions.js';
import { EVENTS_OF_OTHERS } from './test-support/events-of-others.js';

const never = (): never => {
  throw new Error('nothing is called here');
};
const world = { carryOut: never, submit: never, rehearse: never };

const VERSIONS = [
  ['2017-09-06', DOCUMENTED_ACTIONS['2017-09-06'], imm2017(world, { pageCount: () => 1, slowProjectDeletion: false })],
  ['2020-09-30', DOCUMENTED_ACTIONS['2020-09-30'], imm2020(world)],
] as const;

/** The text of every test of a version's actions. */
async function testsOf(version: string): Promise<string> {
  const folder = new URL(`rpc/actions/${version}/`, import.meta.url);
  const files = (await readdir(folder)).filter((file) => file.endsWith('.test.ts'));
  return (await Promise.all(files.map((file) => readFile(new URL(file, folder), 'utf8')))).join('\n');
}

/** Why nothing here makes an event; `undefined` when something does. */
function whyNoEvent(name: string): string | undefined {
  const isMade =
    taskCatalogue.some(({ eventName, action }) => eventName === name && action !== 'GenerateVideoPlaylist') ||
    Object.values(automationKinds).some(({ taskType }) => name === `imm:${taskType}:Notification`);
  if (isMade) return undefined;
  if (name.startsWith('Object')) return 'OSS is not emulated';
  if (name.startsWith('imm:ActionTrail:')) return 'ActionTrail is not emulated';
  if (/^imm:(?:FileMeta|Engine):/.test(name)) return 'datasets are not emulated';
  return EVENTS_OF_OTHERS[name];
}

describe.each(VERSIONS)('the actions of %s', (version, documented: DocumentedActions, { actions }) => {
  it('are emulated, or left out for a reason; and what is emulated is documented', () => {
    const lines = [...documented].map(
      ([action, whyNot]) =>
        `  ${action.padEnd(36)} ${whyNot === undefined ? 'typed, emulated, tested' : `no: ${whyNot}`}`,
    );
    process.stdout.write(`IMM ${version}: ${actions.size} of ${documented.size} actions\n${lines.join('\n')}\n`);
    const expected = [...documented].filter(([, whyNot]) => whyNot === undefined).map(([action]) => action);
    expect([...actions.keys()].toSorted()).toEqual(expected.toSorted());
  });

  it('have each a test', async () => {
    const tests = await testsOf(version);
    // Tests that go through a table of kinds write `Create${word}` and the like.
    const composed = /^(?:Create|Get|List|Delete)(?:Trigger|Batch|Triggers|Batches)$/;
    const untested = [...actions.keys()].filter((action) => !composed.test(action) && !tests.includes(action));
    expect(untested).toEqual([]);
  });
});

describe('the events', () => {
  it('are made here, or not for a reason; each is typed and goes through topic and queue in a test', () => {
    const lines = knownEventNames.map((name) => {
      const whyNot = whyNoEvent(name);
      return `  ${name.padEnd(44)} typed, decoded and encoded, ${whyNot === undefined ? 'emulated' : `not emulated: ${whyNot}`}`;
    });
    process.stdout.write(`Events: ${knownEventNames.length} types\n${lines.join('\n')}\n`);
    expect(lines.filter((line) => line.endsWith('undefined'))).toEqual([]);
    expect(taskCatalogue.filter(({ eventName }) => !knownEventNames.some((name) => name === eventName))).toEqual([]);
  });

  it('have no reason too many', () => {
    expect(Object.keys(EVENTS_OF_OTHERS).filter((name) => !knownEventNames.some((known) => known === name))).toEqual(
      [],
    );
  });
});
