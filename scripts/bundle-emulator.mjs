// Bundles the command line of the emulator for its package: one file is read in less than half the time that the
// four hundred take of which it is made. The library stays as it is, for others to bundle.
import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const dist = fileURLToPath(new URL('../packages/emulator/dist/', import.meta.url));
const dir = join(dist, 'bundled');

await rm(dir, { recursive: true, force: true });
const bundle = await rolldown({
  input: join(dist, 'cli/main.js'),
  platform: 'node',
  // Has a part in C++, and is optional.
  external: ['classic-level'],
});
const { output } = await bundle.write({ dir, format: 'esm', entryFileNames: '[name].js', chunkFileNames: '[name].js' });

/** The words under which a package may be passed on: its own text, or where it has none, whose it is. */
async function licenseOf(folder) {
  const { name, version, license, author } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? `Copyright ${author.name ?? author}\n` : await readFile(join(folder, file), 'utf8');
  return `${name} ${version} (${license})\n\n${text}`;
}

const modules = output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []));
const folders = modules.flatMap(
  (id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(id.replaceAll('\\', '/')) ?? [],
);
const licenses = await Promise.all([...new Set(folders)].toSorted().map(licenseOf));
await writeFile(join(dir, 'licenses.txt'), licenses.join(`\n${'-'.repeat(80)}\n\n`));
