// Prints SURVIVORS.md from the table of explanations; with --check only compares, and asks whether the code still has
// the lines that are explained. Whether their mutants still survive is what a run of them tells.
import { readFileSync, writeFileSync } from 'node:fs';
import { EXPLANATIONS } from './explanations.mjs';
import { oneLine } from './one-line.mjs';

const file = new URL('SURVIVORS.md', import.meta.url);

const cell = (text) => text.replaceAll('|', '\\|');
const code = (text) => cell(text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``);

function section(path) {
  const rows = EXPLANATIONS.filter((entry) => entry.file === path).map(
    ({ line, changes, why }) => `| ${code(line)} | ${changes.map(code).join('<br>')} | ${cell(why)} |`,
  );
  return [`## ${path}`, '', '| line | survives | why |', '| --- | --- | --- |', ...rows].join('\n');
}

function markdown() {
  const paths = [...new Set(EXPLANATIONS.map((entry) => entry.file))];
  return `# Survivors

What mutation testing of the pure rooms leaves alive, and why. Printed from the table in \`explanations.mjs\`, against which
every run holds what survives: one mutant that is missing here, or one that is here and dies, fails it. Lines are named by
their text, because their numbers move.

${paths.map(section).join('\n\n')}
`;
}

/** Entries whose line the code does not have any more. */
const outdated = EXPLANATIONS.filter(({ file: path, line }) => {
  const lines = readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
    .split('\n')
    .map(oneLine);
  return !lines.includes(line);
});

const expected = markdown();
for (const { file: path, line } of outdated)
  console.error(`${path} has no line ${line}: see mutation/explanations.mjs`);
if (outdated.length > 0) process.exitCode = 1;
else if (!process.argv.includes('--check')) {
  writeFileSync(file, expected);
} else if (readFileSync(file, 'utf8') !== expected) {
  console.error('SURVIVORS.md is not what the table says: run node mutation/print-survivors.mjs');
  process.exitCode = 1;
}
