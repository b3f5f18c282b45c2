import { createEmulator } from '@mnsbus/emulator';
import { mswHandlers } from '@mnsbus/emulator/msw';
import { setupServer } from 'msw/node';
import { expect, it, onTestFinished } from 'vitest';
import { startApp } from './app.js';
import { createResources } from './resources.js';

it.each([1, 2, 3])('is green under cloud (seed %i)', async (seed) => {
  const emulator = createEmulator({ profile: 'cloud', imm: { durationMs: 50 }, seed });
  const network = setupServer(...mswHandlers(emulator));
  network.listen();
  onTestFinished(() => network.close());
  await createResources(emulator);
  const app = await startApp(emulator);
  onTestFinished(() => app.close());

  const sources = ['a', 'b', 'c', 'd'].map((name) => `oss://bucket/${name}.docx`);
  const pages = await Promise.all(sources.map((source) => app.pagesOf(source)));
  expect(pages.every((count = 0) => count > 0)).toBe(true);
});
