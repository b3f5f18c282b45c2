import { emulatorFixtures, socketMount, spyOn } from '@mnsbus/emulator/testing';
import { expect, test as base } from 'vitest';
import { openBookshelf } from './bookshelf.js';
import { createProject } from './create-project.js';
import { MemoryCatalogue } from './memory-catalogue.js';

const test = base.extend(emulatorFixtures({ imm: { durationMs: 50 }, mount: socketMount }));

test('two conversions over real sockets are both saved', async ({ connection, emulator }) => {
  await createProject(connection);
  const catalogue = new MemoryCatalogue();
  const shelf = await openBookshelf(connection, catalogue);
  const spy = spyOn(shelf.bus);
  const taskIds = [await shelf.add('oss://library/a.docx'), await shelf.add('oss://library/b.docx')];
  await spy.settled('imm:Task:OfficeConversion', 2);
  expect(catalogue.books).toEqual(new Map(taskIds.map((taskId) => [taskId, 'ready'])));
  expect(
    emulator.journal
      .entries('event-published')
      .map((entry) => entry.taskId)
      .toSorted(),
  ).toEqual(taskIds.toSorted());
  spy.close();
  await shelf.close();
});
