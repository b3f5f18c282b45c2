import { createEmulator } from '@mnsbus/emulator';
import { mswHandlers } from '@mnsbus/emulator/msw';
import { setupServer } from 'msw/node';
import { expect, it, onTestFinished } from 'vitest';
import { startApp } from './app.js';
import { createResources } from './resources.js';

it('waits for a task that the test ends by hand', async () => {
  const emulator = createEmulator({
    imm: {
      rules: [{ sourceUri: 'oss://bucket/slow/', hold: true }],
      events: { duplicateProbability: 0.5 },
    },
    seed: 'scripted',
  });
  const network = setupServer(...mswHandlers(emulator));
  network.listen();
  onTestFinished(() => network.close());
  await createResources(emulator);
  const app = await startApp(emulator);
  onTestFinished(() => app.close());

  const pages = app.pagesOf('oss://bucket/slow/huge.docx');
  await expect.poll(() => emulator.tasks.list()).toHaveLength(1);
  const [task] = emulator.tasks.list();
  emulator.tasks.finish(task?.taskId ?? '', { pageCount: 300 });
  expect(await pages).toBe(300);
});
