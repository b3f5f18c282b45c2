import { SimulatedProcess, arbitraryTask, emulatorFixtures, mountEmulator, spyOn } from '@mnsbus/emulator/testing';
import * as fc from 'fast-check';
import { expect, test as base } from 'vitest';
import { openBookshelf } from './bookshelf.js';
import { createProject } from './create-project.js';
import { MemoryCatalogue } from './memory-catalogue.js';

const TEN_MINUTES_MS = 600_000;

const test = base.extend(emulatorFixtures({ imm: { durationMs: TEN_MINUTES_MS } }));

// Everything runs on one virtual clock: ten minutes, and the wait before a retry, take no time.
test('a conversion of ten minutes is saved, though the database was down at first', async ({
  clock,
  connection,
  until,
}) => {
  await until(createProject(connection));
  const catalogue = new MemoryCatalogue(2);
  const shelf = await until(openBookshelf(connection, catalogue));
  const spy = spyOn(shelf.bus);
  shelf.bus.status(() => {});

  const submittedAtMs = clock.now();
  const taskId = await until(shelf.add('oss://library/war-and-peace.docx'));
  await until(spy.failed({ taskId }));
  expect(catalogue.books.size).toBe(0);
  await until(spy.handled({ taskId }));
  expect(catalogue.books).toEqual(new Map([[taskId, 'ready']]));
  expect(clock.now() - submittedAtMs).toBeGreaterThan(TEN_MINUTES_MS);
  expect((await spy.settled({ taskId }, 3)).map(({ verdict }) => verdict)).toEqual(['retry', 'retry', 'ack']);

  spy.close();
  await until(shelf.close());
});

// The worst that a night has to offer, in a few milliseconds.
test('a conversion of ten minutes is saved, though a replica crashes over it and an answer is lost', async ({
  clock,
  connection,
  emulator,
  until,
}) => {
  await until(createProject(connection));
  const catalogue = new MemoryCatalogue(1);
  const doomed = new SimulatedProcess('replica 1', clock, emulator.handle);
  const { clock: time, transport } = doomed;
  const first = await until(openBookshelf({ ...connection, clock: time, transport, seed: 'first' }, catalogue));
  first.bus.status(() => {});
  const taskId = await until(first.add('oss://library/war-and-peace.docx'));
  // The database is down, the message is to come again; then the replica is gone.
  const spy = spyOn(first.bus);
  await until(spy.failed({ taskId }));
  spy.close();
  doomed.kill();

  emulator.faults.add({ kind: 'reset-after-effect', match: { operation: 'BatchDeleteMessage' }, times: 1 });
  const second = await until(openBookshelf({ ...connection, seed: 'second' }, catalogue));
  second.bus.status(() => {});
  const afterwards = spyOn(second.bus);
  await until(afterwards.handled({ taskId }));
  await until(second.close());
  afterwards.close();
  expect(catalogue.books).toEqual(new Map([[taskId, 'ready']]));
  emulator.journal.expect({ kind: 'fault', fault: 'reset-after-effect' }, 1);
  const [sent] = emulator.journal.expect({ kind: 'sent', queueName: 'bookshelf' }, 1);
  emulator.journal.expect({ kind: 'deleted', messageId: sent?.messageId ?? '' }, 1);
});

test('whatever becomes of its tasks, the catalogue has each of them', async () => {
  const books = fc.array(arbitraryTask({ apiVersion: '2020-09-30' }), { minLength: 1, maxLength: 5 });
  const property = fc.asyncProperty(books, async (tasks) => {
    const sources = tasks.map(({ decision }, index) => ({ ...decision, sourceUri: `oss://library/${index}.docx` }));
    const { connection, until, close } = await mountEmulator({ imm: { rules: sources } });
    await until(createProject(connection));
    const catalogue = new MemoryCatalogue();
    const shelf = await until(openBookshelf(connection, catalogue));
    const spy = spyOn(shelf.bus);
    const expected: (readonly [string, string])[] = [];
    for (const { sourceUri, fail } of sources) {
      expected.push([await until(shelf.add(sourceUri)), fail?.code ?? 'ready']);
    }
    for (const [taskId] of expected) await until(spy.handled({ taskId }));
    expect(catalogue.books).toEqual(new Map(expected));
    spy.close();
    await until(shelf.close());
    await close();
  });
  await fc.assert(property, { numRuns: 10 });
}, 30_000);
