// Packs every package and uses the tarballs as a stranger would: publint and attw look at them, and an
// empty project installs them and runs them by import and by require.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const execute = promisify(execFile);

async function run(cwd, program, ...args) {
  try {
    const { stdout } = await execute(program, args, { cwd, maxBuffer: 64 * 1024 * 1024 });
    return stdout;
  } catch (error) {
    throw new Error(`${program} ${args.join(' ')}\n${error.stdout ?? ''}${error.stderr ?? ''}`, { cause: error });
  }
}

const node = (cwd, ...args) => run(cwd, process.execPath, ...args);
const tool = (cwd, path, ...args) => node(cwd, join(root, 'node_modules', path), ...args);

async function pack(name, folder) {
  const cwd = join(root, 'packages', name);
  await run(cwd, 'npx', '--yes', 'pnpm@12', 'pack', '--pack-destination', folder);
  const { version } = JSON.parse(await readFile(join(cwd, 'package.json'), 'utf8'));
  const tarball = join(folder, `mnsbus-${name}-${version}.tgz`);
  await tool(root, 'publint/src/cli.js', tarball, '--strict');
  await tool(root, '@arethetypeswrong/cli/dist/index.js', tarball, '--profile', 'esm-only');
  const files = (await run(root, 'tar', '-tzf', tarball)).split('\n');
  const strays = files.filter((file) => /\.test\.|test-support|\.tsbuildinfo|\/src\//.test(file));
  if (strays.length > 0) throw new Error(`@mnsbus/${name} packs what nobody needs:\n${strays.join('\n')}`);
  return tarball;
}

// The same program, by import and by require: what a topic is told comes out of the bridge as a typed event.
const PROGRAM = `
const IMM = { code: 'NoError', pageCount: '5', percent: '100', taskId: 't1' };
const EVENT = { eventName: 'FormatConvertJob:JobFinished', eventSource: 'acs:imm', eventVersion: '1.0', imm: IMM };
const TEXT = JSON.stringify({ events: [{ ...EVENT, eventTime: '2018-11-14T09:51:20.342Z' }] });

async function main() {
  const emulator = createEmulator({ seed: 'tarball' });
  const server = await listen(emulator);
  const { accountId, accessKeyId, accessKeySecret } = emulator;
  const mns = { accountId, accessKeyId, accessKeySecret, endpoint: server.endpoint };
  const provisioner = createProvisioner({ mns: { ...mns, region: emulator.region } });
  await provisioner.ensure({ topic: { name: 't' }, queue: { name: 'q' }, subscription: { name: 's' } });
  provisioner.close();
  emulator.operator.publish({ topicName: 't', body: TEXT });
  const redis = new Redis({ lazyConnect: true, enableOfflineQueue: false });
  const deduplicator = createRedisDeduplicator({ redis, prefix: 'stranger:' });
  const isRefused = await deduplicator.claim('a', 1000).then(() => false, () => true);
  if (!isRefused) throw new Error('claimed without a Redis');
  redis.disconnect();
  const bus = createBridge({ mns, queueName: 'q' });
  await bus.start();
  const event = await bus.waitFor({ taskId: 't1' }, { timeoutMs: 10_000 });
  if (event.data.pageCount !== decodeEvents(TEXT)[0].data.pageCount) throw new Error('decoded ' + JSON.stringify(event));
  await bus.close();
  for (const path of ['', '/page.css', '/icon.svg', '/app/main.js', '/libraries/preact.js', '/libraries/eventsource-parser.js']) {
    const part = await fetch(server.endpoint + '/_emulator/ui' + path);
    if (!part.ok) throw new Error('no page: ' + path + ' ' + part.status);
  }
  await server.close();
  if (mswHandlers(emulator).length === 0) throw new Error('no handlers');
  if (typeof arbitraryEvent('FormatConvertJob:JobFinished').generate !== 'function') throw new Error('no arbitraries');
  const target = await emulatorTarget();
  const report = await runContract(target, { seed: 1, runs: 3, concurrentRuns: 3 });
  if (report.requests === 0) throw new Error('the contract suite asked nothing');
  await target.close();
  const spy = spyOn(bus);
  if (spy.events.length !== 0 || typeof emulatorFixtures().connection !== 'function') throw new Error('no fixtures');
  spy.close();
  instrument().disable();
}
main().then(() => console.log('ok'));
`;

const NAMES = {
  core: 'decodeEvents',
  bridge: 'createBridge, createProvisioner',
  emulator: 'createEmulator, listen',
  redis: 'createRedisDeduplicator',
};

/** The oldest and the newest types of Node that a stranger has: some of them change what they take and in which order. */
const NODE_TYPES = ['^26.0.0', '^20.19.0'];

const TYPES = `
import { createBridge } from '@mnsbus/bridge';
import { createEmulator } from '@mnsbus/emulator';
import { mswHandlers } from '@mnsbus/emulator/msw';
import { arbitraryEvent } from '@mnsbus/core/testing';
import { emulatorFixtures, emulatorTarget, mountEmulator, runContract, spyOn } from '@mnsbus/emulator/testing';
import { instrument } from '@mnsbus/bridge/opentelemetry';
import { createRedisDeduplicator } from '@mnsbus/redis';
import { Redis, Cluster } from 'ioredis';
import { createClient, createClientPool, createCluster } from 'redis';
instrument().disable();
const prefix = 'stranger:';
const client = createClient();
void createBridge({ mns: createEmulator(), deduplicator: createRedisDeduplicator({ redis: client, prefix }) });
const others = (): unknown[] => [new Redis(), new Cluster([])].map((redis) => createRedisDeduplicator({ redis, prefix }));
void [others, () => createRedisDeduplicator({ redis: createCluster({ rootNodes: [] }), prefix })];
void (() => createRedisDeduplicator({ redis: createClientPool(), prefix }));
const emulator = createEmulator();
const bus = createBridge({ mns: emulator, queueName: 'q' });
bus.on('FormatConvertJob:JobFinished', (event) => { const pages: number | undefined = event.data.pageCount; void pages; });
void mswHandlers(emulator);
void arbitraryEvent('imm:Task:MediaConvert').map((event) => event.data.taskId.length);
void mountEmulator().then(({ connection }) => createBridge({ ...connection, queueName: 'q' }));
void spyOn(bus).handled({ taskId: 't1' }).then(({ event }) => event.name);
void emulatorTarget().then((target) => runContract(target, { invariants: ['I7'] }));
void emulatorFixtures;
`;

const emulator = (...args) => ['npx', '--no-install', 'mns-emulator', ...args];

/** The command is a bundle, which nothing else runs: it has to find its files and whatever it loads when asked for. */
async function checkCommand(project, elsewhere) {
  await run(project, ...emulator('init'));
  const lasting = ['--tls', '--tls-dir', 'tls', '--data-dir', 'state', '--quiet'];
  const status = await run(project, ...emulator('exec', ...lasting, '--', ...emulator('status', '--json')));
  const { accounts } = JSON.parse(status);
  if (accounts[0]?.regions[0]?.queues !== 1) throw new Error(`mns-emulator status printed ${status}`);
  await node(elsewhere, join(project, 'node_modules/@mnsbus/emulator/dist/bundled/main.js'), 'init', 'elsewhere.yaml');
  const config = await readFile(join(elsewhere, 'elsewhere.yaml'), 'utf8');
  await readFile(new URL(/\$schema=(\S+)/.exec(config)[1]));
}

/** Every version of a package in a tree of `npm ls`. */
function versionsOf(name, { dependencies = {} }) {
  return Object.entries(dependencies).flatMap(([key, found]) => [
    ...(key === name && found.version !== undefined ? [found.version] : []),
    ...versionsOf(name, found),
  ]);
}

/** What comes along with our packages must bring nobody's `npm audit` to complain: of xml2js, CVE-2023-0842 was the end of 0.4. */
async function checkTree(project) {
  const versions = versionsOf('xml2js', JSON.parse(await run(project, 'npm', 'ls', '--all', '--json')));
  if (versions.length === 0 || versions.some((version) => /^0\.[0-4]\./.test(version))) {
    throw new Error(`xml2js in the versions ${versions.join(', ')}`);
  }
}

const folder = await mkdtemp(join(tmpdir(), 'mnsbus-packages-'));
try {
  const tarballs = [];
  for (const name of Object.keys(NAMES)) tarballs.push(await pack(name, folder));

  const project = join(folder, 'project');
  await execute('mkdir', ['-p', project]);
  // npm resolves the packages' dependencies on each other from here instead of the registry.
  const local = Object.fromEntries(
    Object.keys(NAMES).map((name, index) => [`@mnsbus/${name}`, `file:${tarballs[index]}`]),
  );
  const { version: typescript } = JSON.parse(
    await readFile(join(root, 'node_modules/typescript/package.json'), 'utf8'),
  );
  const manifest = {
    name: 'stranger',
    private: true,
    dependencies: {
      ...local,
      '@opentelemetry/api': '^1.9.0',
      'fast-check': '^4.10.2',
      ioredis: '^6.0.0',
      msw: '^2.15.0',
      redis: '^6.3.1',
    },
    devDependencies: { typescript, '@types/node': '^20.19.0' },
    overrides: local,
  };
  await writeFile(join(project, 'package.json'), JSON.stringify(manifest));
  await run(project, 'npm', 'install', '--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline');
  await checkTree(project);

  const imports = Object.entries(NAMES).map(([name, value]) => `import { ${value} } from '@mnsbus/${name}';`);
  const requires = Object.entries(NAMES).map(([name, value]) => `const { ${value} } = require('@mnsbus/${name}');`);
  imports.push(
    "import { mswHandlers } from '@mnsbus/emulator/msw';",
    "import { arbitraryEvent } from '@mnsbus/core/testing';",
    "import { emulatorFixtures, emulatorTarget, runContract, spyOn } from '@mnsbus/emulator/testing';",
    "import { instrument } from '@mnsbus/bridge/opentelemetry';",
    "import { Redis } from 'ioredis';",
  );
  requires.push(
    "const { mswHandlers } = require('@mnsbus/emulator/msw');",
    "const { arbitraryEvent } = require('@mnsbus/core/testing');",
    "const { emulatorFixtures, emulatorTarget, runContract, spyOn } = require('@mnsbus/emulator/testing');",
    "const { instrument } = require('@mnsbus/bridge/opentelemetry');",
    "const { Redis } = require('ioredis');",
  );
  await writeFile(join(project, 'by-import.mjs'), imports.join('\n') + PROGRAM);
  await writeFile(join(project, 'by-require.cjs'), requires.join('\n') + PROGRAM);
  await writeFile(join(project, 'types.ts'), TYPES);
  for (const program of ['by-import.mjs', 'by-require.cjs']) {
    const output = await node(project, '--no-warnings', program);
    if (output.trim() !== 'ok') throw new Error(`${program} printed ${output}`);
  }
  const strict = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--skipLibCheck', 'false'];
  const install = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline'];
  for (const nodeTypes of NODE_TYPES) {
    await run(project, 'npm', ...install, '--save-dev', `@types/node@${nodeTypes}`);
    await node(project, 'node_modules/typescript/bin/tsc', ...strict, '--types', 'node', 'types.ts');
  }
  for (const command of ['mns-emulator', 'mnsbus']) {
    const version = await run(project, 'npx', '--no-install', command, '--version');
    if (!/^\d+\.\d+\.\d+/.test(version)) throw new Error(`${command} --version printed ${version}`);
  }
  await checkCommand(project, folder);
  console.log('packages: publint, attw, import, require, types, what they depend on and the commands are fine');
} finally {
  await rm(folder, { recursive: true, force: true });
}
