import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { run } from './run.js';
import { drawScenario } from './scenario.js';

/** Prints the digest of the journal of a run, in a process of its own and from the build. */
const PROGRAM = `
  import { run } from ${JSON.stringify(fileURLToPath(new URL('../dist/run.js', import.meta.url)))};
  import { drawScenario } from ${JSON.stringify(fileURLToPath(new URL('../dist/scenario.js', import.meta.url)))};
  import { createHash } from 'node:crypto';
  const { journal, ledger, wire } = await run(drawScenario(process.argv[1]));
  process.stdout.write(createHash('sha256').update(JSON.stringify([journal, ledger, wire])).digest('hex'));
`;

async function digestOf(seed: string): Promise<string> {
  const { journal, ledger, wire } = await run(drawScenario(seed));
  return createHash('sha256')
    .update(JSON.stringify([journal, ledger, wire]))
    .digest('hex');
}

describe('A run', () => {
  it.each(['replay/1', 'replay/2', 'replay/3'])(
    'of seed %s is the same, byte for byte, twice in one process and in two processes',
    async (seed) => {
      const first = await digestOf(seed);
      expect(await digestOf(seed)).toBe(first);
      const elsewhere = execFileSync(process.execPath, ['--input-type=module', '-e', PROGRAM, seed], {
        encoding: 'utf8',
      });
      expect(elsewhere).toBe(first);
    },
  );

  it('of another seed is another', async () => {
    expect(await digestOf('replay/1')).not.toBe(await digestOf('replay/2'));
  });
});
