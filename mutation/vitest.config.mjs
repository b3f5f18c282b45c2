// How the tests of one room run against its mutants.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';
import { ROOMS } from './rooms.mjs';

const source = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

const room = ROOMS[process.env['MNSBUS_ROOM'] ?? ''];

/** Where the room names a file. */
const place = ({ moduleId }) => room?.tests.findIndex((path) => moduleId.endsWith(path)) ?? 0;

/** Cheap files first, in the order in which the room names them: the first failure ends the run. */
class InOrder extends BaseSequencer {
  sort(files) {
    return Promise.resolve(files.toSorted((a, b) => place(a) - place(b)));
  }
}

export default defineConfig({
  resolve: { alias: { '@fast-check/vitest': source('mutation/property-tests.mjs') } },
  test: {
    root: source(''),
    include: room?.tests ?? [],
    isolate: false,
    sequence: { sequencer: InOrder },
    testTimeout: room?.testTimeoutMs ?? 60_000,
    // The other packages come as they were built: loading their sources anew would be most of the time of a mutant.
    server: { deps: { external: [/\/packages\/\w+\/dist\//] } },
  },
});
