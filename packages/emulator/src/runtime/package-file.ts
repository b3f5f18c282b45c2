import { existsSync } from 'node:fs';

/** A file of this package, from its sources, its build and its bundle alike, which are not equally deep in it. */
export function packageFile(name: string): URL {
  let folder = new URL('.', import.meta.url);
  while (!existsSync(new URL('package.json', folder)) && folder.pathname !== '/') folder = new URL('..', folder);
  return new URL(name, folder);
}
