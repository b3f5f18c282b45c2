// Runs a command once for each of some versions of Node, with MNSBUS_EMULATOR_NODE set to its program: tests run on the
// Node that is there, and what they start on that one.
//   node scripts/with-node.mjs 22 24 -- npm test -- packages/emulator/src/cli/hostile-sockets.test.ts
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs a command to its end; resolves with its status. */
function run([program, ...args], env = process.env) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'inherit', env });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

/** Fetches the newest Node of a line from the npm registry: the package is the program and nothing that has to run first. */
async function fetchNode(line, folder) {
  const name = `node-${process.platform}-${process.arch}`;
  const install = ['npm', 'install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=warn'];
  const code = await run([...install, '--prefix', folder, `${name}@${line}`]);
  if (code !== 0) throw new Error(`cannot install ${name}@${line}: npm ended with ${code}`);
  return join(folder, 'node_modules', name, 'bin', 'node');
}

const words = process.argv.slice(2);
const lines = words.slice(0, words.indexOf('--'));
const command = words.slice(words.indexOf('--') + 1);
if (!words.includes('--') || lines.length === 0 || command.length === 0) {
  console.error('usage: node scripts/with-node.mjs <line of Node>... -- <command>');
  process.exit(2);
}
const folder = await mkdtemp(join(tmpdir(), 'mnsbus-node-'));
try {
  for (const line of lines) {
    const node = await fetchNode(line, join(folder, line));
    await run([node, '--version']);
    const code = await run(command, { ...process.env, MNSBUS_EMULATOR_NODE: node });
    if (code === 0) continue;
    process.exitCode = code;
    break;
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
