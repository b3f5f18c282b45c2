import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

// Tests run against the sources, so that a failing line is the line one edits.
const alias = [
  { find: /^@mnsbus\/emulator\/msw$/, replacement: source('packages/emulator/src/mounts/msw.ts') },
  { find: /^@mnsbus\/emulator\/testing$/, replacement: source('packages/emulator/src/testing/index.ts') },
  { find: /^@mnsbus\/core\/(internal|testing)$/, replacement: source('packages/core/src/$1.ts') },
  { find: /^@mnsbus\/(core|bridge|emulator|redis)$/, replacement: source('packages/$1/src/index.ts') },
];

// Files share a worker's modules: nothing here keeps state in a module, and loading them anew takes three times as long.
const project = (name: string, root: string) => ({
  resolve: { alias },
  test: {
    name,
    root: source(root),
    isolate: false,
    // Tests wait for conditions, never for time: a machine that is busy with something else must fail none of them.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
    include: ['**/*.test.ts'],
    exclude: ['**/dist/**', '**/node_modules/**'],
  },
});

export default defineConfig({
  test: {
    projects: [
      project('core', 'packages/core'),
      project('bridge', 'packages/bridge'),
      project('emulator', 'packages/emulator'),
      project('redis', 'packages/redis'),
      project('examples', 'examples'),
      project('compat', 'compat'),
      project('simulation', 'simulation'),
      project('lint', 'lint'),
      project('bench', 'bench'),
    ],
  },
});
