import { pathToFileURL } from 'node:url';
import type { BridgeMakers } from '../simulated-bus.js';
import { patchedBuild, type Edit } from './patched-build.js';

/** Makes a copy of the built bridge, puts a defect into it, and loads it. Throws when a place is not there exactly once. */
export async function patchedBridge(name: string, edits: readonly Edit[]): Promise<BridgeMakers> {
  const folder = patchedBuild('bridge', name, edits);
  const loaded: unknown = await import(pathToFileURL(`${folder}dist/index.js`).href);
  if (!isBridge(loaded)) throw new Error(`expected createBridge and createImm in ${folder}`);
  return { createBridge: loaded.createBridge, createImm: loaded.createImm };
}

function isBridge(loaded: unknown): loaded is BridgeMakers {
  if (typeof loaded !== 'object' || loaded === null) return false;
  return ['createBridge', 'createImm'].every((name) => typeof Reflect.get(loaded, name) === 'function');
}
