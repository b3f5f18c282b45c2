import { createEmulator } from '@mnsbus/emulator';
import { mswHandlers } from '@mnsbus/emulator/msw';
import { setupServer } from 'msw/node';
import { expect, it, onTestFinished } from 'vitest';
import { startApp } from './app.js';
import { createResources } from './resources.js';

it('tells the pages of a document, and why one failed', async () => {
  const emulator = createEmulator({ imm: { durationMs: 50 }, seed: 'readme' });
  const network = setupServer(...mswHandlers(emulator));
  network.listen();
  onTestFinished(() => network.close());
  await createResources(emulator);

  const app = await startApp(emulator);
  onTestFinished(() => app.close());
  expect(await app.pagesOf('oss://bucket/report.docx')).toBeGreaterThan(0);
  await expect(app.pagesOf('oss://bucket/fail-ConvertTimeout/huge.docx')).rejects.toThrow('ConvertTimeout');
});
