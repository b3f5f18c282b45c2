import { mswHandlers } from '@mnsbus/emulator/msw';
import { emulatorFixtures, spyOn } from '@mnsbus/emulator/testing';
import { setupServer } from 'msw/node';
import { expect, test as base } from 'vitest';
import { openBookshelf } from './bookshelf.js';
import { createProject } from './create-project.js';
import { MemoryCatalogue } from './memory-catalogue.js';

// The app calls the services at their real addresses, and never gets there.
const test = base.extend(
  emulatorFixtures({
    imm: { durationMs: 50 },
    mount: (emulator) => {
      const network = setupServer(...mswHandlers(emulator));
      network.listen({ onUnhandledRequest: 'error' });
      return { close: () => network.close() };
    },
  }),
);

test('a conversion that fails is written down with its reason', async ({ connection }) => {
  await createProject(connection);
  const catalogue = new MemoryCatalogue();
  const shelf = await openBookshelf(connection, catalogue);
  const spy = spyOn(shelf.bus);
  const taskId = await shelf.add('oss://library/fail-ConvertTimeout/huge.docx');
  await spy.handled({ taskId });
  expect(catalogue.books).toEqual(new Map([[taskId, 'ConvertTimeout']]));
  spy.close();
  await shelf.close();
});
