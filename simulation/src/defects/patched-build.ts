import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A place in a built package, and what is put there instead. */
export interface Edit {
  /** Below the `dist` of the package. */
  readonly file: string;
  /** Must stand there exactly once: a defect that fits nowhere would be none. */
  readonly find: string;
  readonly replace: string;
}

const PACKAGES = fileURLToPath(new URL('../../../packages/', import.meta.url));

/**
 * Makes a copy of a built package, puts a defect into it, and tells its folder, which ends with a slash. Throws when a place
 * is not there exactly once.
 */
export function patchedBuild(packageName: string, name: string, edits: readonly Edit[]): string {
  const home = `${PACKAGES}${packageName}/`;
  // In the package's own `node_modules`, so that a copy finds what the package does, and nobody takes it for a source.
  const folder = `${home}node_modules/.cache/mnsbus-defects/${name.replaceAll(/\W+/g, '-')}/`;
  const original = `${home}dist/`;
  if (!existsSync(original)) throw new Error(`expected ${packageName} to be built: run tsc -b`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(`${home}package.json`, `${folder}package.json`);
  cpSync(original, `${folder}dist`, {
    recursive: true,
    filter: (path) => !path.endsWith('.map') && !path.endsWith('.d.ts'),
  });
  for (const { file, find, replace } of edits) {
    const path = `${folder}dist/${file}`;
    const text = readFileSync(path, 'utf8');
    const places = text.split(find).length - 1;
    if (places !== 1) throw new Error(`expected once in ${file} of ${packageName}, found ${places} times: ${find}`);
    writeFileSync(
      path,
      text.replace(find, () => replace),
    );
  }
  return folder;
}
