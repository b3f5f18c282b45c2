import { readFileSync, writeFileSync } from 'node:fs';
import { invariants, plantedDefects } from '@mnsbus/emulator/testing';
import { BRIDGE_DEFECTS } from './defects/bridge-defects.js';
import { INVARIANTS } from './invariants/all-invariants.js';
import { PROMISES } from './invariants/promises.js';
import { PLANTED_DEFECTS } from './planted-defects.js';

/** Prints INVARIANTS.md from the tables that the tests run, or with `--check` says whether it is as they are. */
const FILE = new URL('../../INVARIANTS.md', import.meta.url);

const CONTRACT = 'packages/emulator/src/testing/contract/planted-defects.test.ts';
const SIMULATION = 'simulation/src/planted-defects.test.ts';
const BRIDGE = 'simulation/src/defects/bridge-defects.test.ts';

function rowsOf(number: string, promise: string): string {
  const contract = plantedDefects.filter(({ invariant }) => invariant === number);
  const simulated = PLANTED_DEFECTS.filter(({ invariant }) => invariant === number);
  const checks = [
    ...(contract.length > 0 ? [`[contract](${CONTRACT})`] : []),
    ...(number in INVARIANTS ? [`[every simulated run](${simulated.length > 0 ? SIMULATION : BRIDGE})`] : []),
  ];
  const old = BRIDGE_DEFECTS.filter(({ invariant }) => invariant === number);
  const defects = [...contract, ...simulated, ...old].map(({ defect }) => defect);
  if (checks.length === 0 || defects.length === 0)
    throw new Error(`${number} has no check, or none that is known to fail`);
  return `| ${number} | ${promise} | ${checks.join(', ')} | ${[...new Set(defects)].join('; ')} |`;
}

const rows = [
  ...Object.entries(invariants).map(([number, promise]) => rowsOf(number, promise)),
  ...Object.entries(PROMISES).map(([number, promise]) => rowsOf(number, promise)),
];
const text = `# Invariants

What holds under any schedule and any faults that the services may show, by number. Each is checked by the contract suite, which
judges any MNS – and runs a little in every run of the simulation, too –, or in the whole history of every simulated run, or both.
Each check is known to fail: the defects of the last column are planted in the named tests, and caught by the check of that very
number.

| number | promise | checked in | caught, when planted |
| ------ | ------- | ---------- | -------------------- |
${rows.join('\n')}

Printed from the tables that the tests run, by \`node simulation/dist/print-invariants.js\`.
`;

if (process.argv.includes('--check')) {
  if (readFileSync(FILE, 'utf8') !== text) {
    console.error('INVARIANTS.md is not what the tables say: run node simulation/dist/print-invariants.js');
    process.exitCode = 1;
  }
} else writeFileSync(FILE, text);
