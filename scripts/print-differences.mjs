// Prints DIFFERENCES.md from the table of open choices in the emulator's code; with --check only compares.
import { readFileSync, writeFileSync } from 'node:fs';
import { openChoices } from '../packages/emulator/dist/index.js';

const file = new URL('../DIFFERENCES.md', import.meta.url);

const cell = (text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function markdown() {
  const topics = [...new Set(openChoices.map(({ topic }) => topic))];
  const sections = topics.map((topic) => {
    const rows = openChoices
      .filter((choice) => choice.topic === topic)
      .map(({ question, choice, source }) => `| ${cell(question)} | ${cell(choice)} | ${cell(source)} |`);
    return [
      `## ${topic}`,
      '',
      '| where the facts leave it open | what the emulator does | reference |',
      '| --- | --- | --- |',
      ...rows,
    ].join('\n');
  });
  return `# Differences

What no public source settles about MNS and IMM, what the emulator does there, and what it does not do yet.
One capture of the real service can settle a row: please send it. The references name sections of the protocol
notes that the emulator was built from; each row is one entry of a table in the code, from which this file is printed.

${sections.join('\n\n')}
`;
}

const expected = markdown();
if (!process.argv.includes('--check')) {
  writeFileSync(file, expected);
} else if (readFileSync(file, 'utf8') !== expected) {
  console.error('DIFFERENCES.md is not what the code says: run node scripts/print-differences.mjs');
  process.exitCode = 1;
}
