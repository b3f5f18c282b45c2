// Runs a root script in a fresh clone: brings its own pnpm, installs from the frozen lockfile, builds, runs.
// What the set-up prints goes to stderr, so that stdout belongs to the program.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

class Failed extends Error {}

const stayAlive = () => {};

/** Runs a command to its end; a failure ends the script with the command's own status. */
function run(command, { quiet = false } = {}) {
  return new Promise((resolve, reject) => {
    const [program, ...args] = command;
    const child = spawn(program, args, {
      cwd: root,
      stdio: quiet ? ['ignore', 2, 2] : 'inherit',
    });
    // Ctrl-C reaches the child by itself; this process only has to wait for it.
    process.on('SIGINT', stayAlive);
    const forward = () => child.kill('SIGTERM');
    process.on('SIGTERM', forward);
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      process.off('SIGINT', stayAlive).off('SIGTERM', forward);
      if (code === 0) resolve();
      else {
        process.exitCode = code ?? 1;
        // A program says itself what was wrong; the set-up may not.
        reject(new Failed(quiet ? `${command.join(' ')} ended with ${signal ?? code}` : ''));
      }
    });
  });
}

/**
 * What tests run that is no package of npm, by the Debian packages it comes in: the page of the emulator in a real browser,
 * replicas with a real Redis, clients of HTTP that wait for its end, a clock that can be set.
 */
const PROGRAMS = { chromium: 'chromium', 'redis-server': 'redis-server', 'php-cli': 'php', faketime: 'faketime' };

/** Fetches the programs that are missing, where that needs no question. */
async function programs() {
  const missing = Object.keys(PROGRAMS).filter((name) => !existsSync(`/usr/bin/${PROGRAMS[name]}`));
  if (missing.length === 0 || !existsSync('/usr/bin/apt-get') || process.getuid?.() !== 0) return;
  await run(['apt-get', 'update', '-q'], { quiet: true });
  await run(['apt-get', 'install', '-y', '-q', '--no-install-recommends', ...missing], { quiet: true });
}

const bin = (name, ...args) => run([process.execPath, `${root}node_modules/${name}`, ...args]);
// Locked versions are pinned by their hashes, so asking the registry for the age of each, which pnpm does before it
// installs anything, would only cost a minute; the rule stays in force for whoever adds or updates a package.
const PNPM_INSTALL = ['pnpm@12', 'install', '--frozen-lockfile', '--prefer-offline', '--config.minimum-release-age=0'];
const install = (...args) => run(['npx', '--yes', ...PNPM_INSTALL, '--loglevel=warn', ...args], { quiet: true });
const NO_PEERS = ['--filter', '!@mnsbus/bench'];
// The benchmarks bring other emulators along, and mutation testing its own engine; nothing else needs them.
const installAllButPeers = () => install(...NO_PEERS, '--filter', '!@mnsbus/mutation');
const tsc = (...args) => bin('typescript/bin/tsc', ...args);

/**
 * Builds and runs one program. Where the workshop is not installed, only what the program and its build need is
 * fetched: they are the root's `dependencies`, because pnpm installs the root with every selection.
 */
async function start(project, path, program, args) {
  const isWorkshop = existsSync(`${root}node_modules/vitest`);
  if (isWorkshop) await installAllButPeers();
  else await install('--prod', '--filter', `${project}...`);
  await run([process.execPath, `${root}node_modules/typescript/bin/tsc`, '-b', path], { quiet: true });
  await run([process.execPath, program, ...args]);
}

const scripts = {
  demo: (args) =>
    start(
      '@mnsbus/example-office-conversion',
      'examples/office-conversion',
      'examples/office-conversion/dist/main.js',
      args,
    ),
  // Its page is a project of its own, which is built after what it looks into.
  emulator: (args) => start('@mnsbus/emulator', 'packages/emulator/ui', 'packages/emulator/dist/cli/main.js', args),
  async test(args) {
    await installAllButPeers();
    await programs();
    // Tests of the command line and the examples run what users run: the build.
    await tsc('-b');
    // The type tests are tests as well: a misspelt event name must not compile.
    for (const name of ['core', 'bridge']) await tsc('-p', `packages/${name}/tsconfig.test.json`);
    await bin('vitest/vitest.mjs', 'run', ...args);
  },
  async check() {
    await installAllButPeers();
    await bin('oxfmt/bin/oxfmt', '--check');
    await tsc('-b');
    await bin('oxlint/bin/oxlint', '--type-aware', '--deny-warnings');
    for (const name of [
      'packages/core',
      'packages/bridge',
      'packages/emulator',
      'packages/emulator/ui',
      'packages/emulator/fuzz',
      'packages/redis',
      'examples/office-conversion',
      'examples/readme',
      'examples/tested-app',
      'compat',
      'simulation',
      'bench',
    ]) {
      await tsc('-p', `${name}/tsconfig.test.json`);
    }
    await run([process.execPath, 'scripts/print-differences.mjs', '--check']);
    await run([process.execPath, 'simulation/dist/print-invariants.js', '--check']);
    await run([process.execPath, 'mutation/print-survivors.mjs', '--check']);
    await run([process.execPath, 'scripts/check-packages.mjs']);
  },
  async simulate(args) {
    await installAllButPeers();
    await tsc('-b');
    await run([process.execPath, 'simulation/dist/main.js', ...args]);
  },
  async bench(args) {
    await install();
    await tsc('-b');
    // These words are benchmarks of their own; without one it is the emulator's.
    const [word, ...rest] = args;
    if (['consumers', 'polling', 'load', 'contract', 'simulation', 'versus'].includes(word))
      await run([process.execPath, `bench/dist/${word}/main.js`, ...rest]);
    else await run([process.execPath, 'bench/dist/main.js', ...args]);
  },
  async mutation(args) {
    await install(...NO_PEERS);
    // The tests of a room run against the other packages as they were built.
    await tsc('-b');
    await run([process.execPath, 'mutation/main.mjs', ...args]);
  },
};

const [name = '', ...args] = process.argv.slice(2);
const script = scripts[name];
if (script === undefined) {
  console.error(`usage: node scripts/run.mjs ${Object.keys(scripts).join('|')} [arguments]`);
  process.exitCode = 2;
} else {
  try {
    await script(args);
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    if (error.message !== '') console.error(error.message);
  }
}
