import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { BridgeMakers } from '../simulated-bus.js';

/** A place in the built bridge, and what is put there instead. */
export interface Edit {
  /** Below the `dist` of the bridge. */
  readonly file: string;
  /** Must stand there exactly once: a defect that fits nowhere would be none. */
  readonly find: string;
  readonly replace: string;
}

const BRIDGE = fileURLToPath(new URL('../../../packages/bridge/', import.meta.url));

/** In the bridge's own `node_modules`, so that a copy finds what the bridge does, and nobody takes it for a source. */
const COPIES = `${BRIDGE}node_modules/.cache/mnsbus-defects/`;

/** Makes a copy of the built bridge, puts a defect into it, and loads it. Throws when a place is not there exactly once. */
export async function patchedBridge(name: string, edits: readonly Edit[]): Promise<BridgeMakers> {
  const folder = `${COPIES}${name.replaceAll(/\W+/g, '-')}/`;
  const original = `${BRIDGE}dist/`;
  if (!existsSync(original)) throw new Error('expected the bridge to be built: run tsc -b');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(`${BRIDGE}package.json`, `${folder}package.json`);
  cpSync(original, `${folder}dist`, {
    recursive: true,
    filter: (path) => !path.endsWith('.map') && !path.endsWith('.d.ts'),
  });
  for (const { file, find, replace } of edits) {
    const path = `${folder}dist/${file}`;
    const text = readFileSync(path, 'utf8');
    const places = text.split(find).length - 1;
    if (places !== 1) throw new Error(`expected once in ${file} of the bridge, found ${places} times: ${find}`);
    writeFileSync(
      path,
      text.replace(find, () => replace),
    );
  }
  const loaded: unknown = await import(pathToFileURL(`${folder}dist/index.js`).href);
  if (!isBridge(loaded)) throw new Error(`expected createBridge and createImm in ${folder}`);
  return { createBridge: loaded.createBridge, createImm: loaded.createImm };
}

function isBridge(loaded: unknown): loaded is BridgeMakers {
  if (typeof loaded !== 'object' || loaded === null) return false;
  return ['createBridge', 'createImm'].every((name) => typeof Reflect.get(loaded, name) === 'function');
}
