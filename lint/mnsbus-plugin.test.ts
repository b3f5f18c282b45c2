import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Lints files under the project's own configuration; gives the rules that each breaks. One run for all, as starting it is slow. */
async function brokenRules(samples: ReadonlyMap<string, string>): Promise<ReadonlyMap<string, readonly string[]>> {
  const folder = await mkdtemp(join(tmpdir(), 'mnsbus-lint-'));
  try {
    await cp(join(root, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
    await cp(join(root, 'lint'), join(folder, 'lint'), { recursive: true });
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
    for (const [path, source] of samples) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), source);
    }
    const oxlint = join(root, 'node_modules/oxlint/bin/oxlint');
    const output = await new Promise<string>((resolve) => {
      execFile(process.execPath, [oxlint, '--format=json', 'packages'], { cwd: folder }, (_, stdout) =>
        resolve(stdout),
      );
    });
    const { diagnostics }: { diagnostics: { code: string; filename: string }[] } = JSON.parse(output);
    const codesOf = (path: string): string[] =>
      diagnostics.filter(({ filename }) => filename === path).map(({ code }) => code);
    return new Map([...samples.keys()].map((path) => [path, codesOf(path)]));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const TIME = 'mnsbus(no-raw-time)';
const GLOBALS = 'eslint(no-restricted-globals)';
const ARROWS = 'mnsbus(import-arrows)';

const BANNED: readonly (readonly [what: string, source: string, rule: string])[] = [
  ['Date.now()', 'export const now = (): number => Date.now();', TIME],
  ['new Date()', 'export const now = (): Date => new Date();', TIME],
  ['Date()', 'export const now = (): string => Date();', TIME],
  ['performance.now()', 'export const now = (): number => performance.now();', TIME],
  ['Math.random()', 'export const chance = (): number => Math.random();', TIME],
  ['Math["random"]', 'export const chance = (): number => Math["random"]();', TIME],
  ['crypto.randomUUID()', 'export const id = (): string => crypto.randomUUID();', TIME],
  [
    'an imported randomUUID',
    "import { randomUUID } from 'node:crypto';\nexport const id = (): string => randomUUID();",
    TIME,
  ],
  ['an imported timer', "import { setTimeout as wait } from 'node:timers/promises';\nexport const pause = wait;", TIME],
  ['AbortSignal.timeout()', 'export const signal = (): AbortSignal => AbortSignal.timeout(1);', TIME],
  ['globalThis.setTimeout', 'export const timer: unknown = globalThis.setTimeout;', TIME],
  ['globalThis.Date', 'export const now = (): number => globalThis.Date.now();', TIME],
  ['new globalThis.Date()', 'export const now = (): Date => new globalThis.Date();', TIME],
  ['globalThis.performance', 'export const now = (): number => globalThis.performance.now();', TIME],
  ['globalThis.crypto', 'export const id = (): string => globalThis.crypto.randomUUID();', TIME],
  ['process.hrtime', 'export const now = (): bigint => process.hrtime.bigint();', TIME],
  ['a now taken out of Date', 'const { now } = Date;\nexport const later = now;', TIME],
  ['crypto as a whole', "import crypto from 'node:crypto';\nexport const id = crypto;", TIME],
  ['crypto as a name space', "import * as crypto from 'node:crypto';\nexport const id = crypto;", TIME],
  ['timers by import()', "export const load = (): Promise<unknown> => import('node:timers/promises');", TIME],
  ['setTimeout', 'export const timer = (): unknown => setTimeout(() => {}, 1);', GLOBALS],
  ['setInterval', 'export const timer: unknown = setInterval;', GLOBALS],
  ['setImmediate', 'export const timer: unknown = setImmediate;', GLOBALS],
];

const REGEX = 'mnsbus(linear-regex)';

const SLOW: readonly (readonly [what: string, expression: string])[] = [
  ['a search that starts anew everywhere', '/[^/]*$/'],
  ['blanks around a separator', String.raw`/\s*,\s*/`],
  ['slashes at the end', String.raw`/\/+$/`],
  ['neighbours that take from each other', String.raw`/^\s*(.*)\n$/s`],
  ['nested repetition', '/^(?:a+)+$/'],
  ['an expression in quotes', String.raw`new RegExp('0+$')`],
];

const FAST: readonly string[] = [
  '/^[a-z]+$/',
  String.raw`/\.(\d+)Z/`,
  '/^(?:a|b)*$/',
  String.raw`/\n/g`,
  'new RegExp(String(1))',
];

const EXEMPT = ['packages/core/src/clock/system-clock.ts', 'packages/core/src/random/seeded-random.ts'];

const IMPORTS: readonly (readonly [from: string, to: string, banned: boolean])[] = [
  ['core', 'bridge', true],
  ['core', 'emulator', true],
  ['bridge', 'emulator', true],
  ['emulator', 'bridge', true],
  ['bridge', 'core', false],
  ['emulator', 'core', false],
  ['core', 'redis', true],
  ['bridge', 'redis', true],
  ['emulator', 'redis', true],
  ['redis', 'bridge', true],
  ['redis', 'emulator', true],
  ['redis', 'core', false],
];

const importsOf = (name: string): readonly string[] => [
  `import { a } from '@mnsbus/${name}';\nexport const b = a;`,
  `export { a } from '@mnsbus/${name}';`,
  `export * from '@mnsbus/${name}';`,
  `export const load = (): Promise<unknown> => import('@mnsbus/${name}');`,
];

const typeImportsOf = (name: string): readonly string[] => [
  `import type { A } from '@mnsbus/${name}';\nexport type B = A;`,
  `export type { A } from '@mnsbus/${name}';`,
  `export type Some = import('@mnsbus/${name}').Some;`,
];

/** A package that fits into another knows its types, and nothing that is there when it runs. */
const KNOWS_TYPES = new Set(['redis bridge']);

const RAW_TIME =
  'export const now = (): number => Date.now();\nexport const timer = (): unknown => setTimeout(() => {}, 1);';

const samples = new Map<string, string>([
  ...BANNED.flatMap(([, source], index): [string, string][] => [
    [`packages/bridge/src/banned-${index}.ts`, source],
    [`packages/bridge/src/banned-${index}.test.ts`, source],
  ]),
  ...SLOW.flatMap(([, expression], index): [string, string][] => [
    [`packages/emulator/src/slow-${index}.ts`, `export const slow: RegExp = ${expression};`],
    [`packages/emulator/src/slow-${index}.test.ts`, `export const slow: RegExp = ${expression};`],
  ]),
  ...FAST.map((expression, index): [string, string] => [
    `packages/emulator/src/fast-${index}.ts`,
    `export const fast: RegExp = ${expression};`,
  ]),
  ['packages/core/src/allowed.ts', 'export const at = (ms: number): Date => new Date(ms);'],
  ...EXEMPT.map((path): [string, string] => [path, RAW_TIME]),
  ...IMPORTS.flatMap(([from, to]): [string, string][] => [
    ...[...importsOf(to), ...typeImportsOf(to)].map((source, index): [string, string] => [
      `packages/${from}/src/import-${to}-${index}.ts`,
      source,
    ]),
    [`packages/${from}/src/path-${to}.ts`, `export * from '../../${to}/src/index.js';`],
    [`packages/${from}/src/import-${to}.test.ts`, `export * from '@mnsbus/${to}';`],
  ]),
]);

describe('The lint rules', () => {
  let broken: ReadonlyMap<string, readonly string[]>;

  beforeAll(async () => {
    broken = await brokenRules(samples);
  });

  it.each(BANNED.map(([what, , rule], index) => [what, rule, index] as const))('ban %s', (_, rule, index) => {
    expect(broken.get(`packages/bridge/src/banned-${index}.ts`)).toContain(rule);
    expect(broken.get(`packages/bridge/src/banned-${index}.test.ts`)).toContain(rule);
  });

  it.each(SLOW.map(([what, expression], index) => [what, expression, index] as const))(
    'ban what takes more than linear work: %s, %s',
    (_what, _expression, index) => {
      expect(broken.get(`packages/emulator/src/slow-${index}.ts`)).toContain(REGEX);
      expect(broken.get(`packages/emulator/src/slow-${index}.test.ts`)).not.toContain(REGEX);
    },
  );

  it.each(FAST.map((expression, index) => [expression, index] as const))('let %s be', (_, index) => {
    expect(broken.get(`packages/emulator/src/fast-${index}.ts`)).not.toContain(REGEX);
  });

  it('let a date be made from a number', () => {
    expect(broken.get('packages/core/src/allowed.ts')).toEqual([]);
  });

  it.each(EXEMPT)('leave %s alone', (path) => {
    expect(broken.get(path)).toEqual([]);
  });

  it.each(IMPORTS)('hold the arrows: %s importing %s is banned: %s', (from, to, banned) => {
    const isBroken = (_: string, index: number): boolean | undefined =>
      broken.get(`packages/${from}/src/import-${to}-${index}.ts`)?.includes(ARROWS);
    const [values, types] = [importsOf(to), typeImportsOf(to)];
    const all = [...values, ...types].map(isBroken);
    expect(all.slice(0, values.length)).toEqual(values.map(() => banned));
    expect(all.slice(values.length)).toEqual(types.map(() => banned && !KNOWS_TYPES.has(`${from} ${to}`)));
    expect(broken.get(`packages/${from}/src/path-${to}.ts`)).toContain(ARROWS);
    expect(broken.get(`packages/${from}/src/import-${to}.test.ts`)).not.toContain(ARROWS);
  });
});
