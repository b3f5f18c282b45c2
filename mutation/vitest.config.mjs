// How the tests of one room run against its mutants.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { ROOMS } from './rooms.mjs';

const source = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

const room = ROOMS[process.env['MNSBUS_ROOM'] ?? ''];

export default defineConfig({
  resolve: { alias: { '@fast-check/vitest': source('mutation/property-tests.mjs') } },
  test: {
    root: source(''),
    include: room?.tests ?? [],
    isolate: false,
    testTimeout: room?.testTimeoutMs ?? 60_000,
    // The other packages come as they were built: loading their sources anew would be most of the time of a mutant.
    server: { deps: { external: [/\/packages\/\w+\/dist\//] } },
  },
});
