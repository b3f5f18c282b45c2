import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageFile } from '../../runtime/package-file.js';
import { PAGE_PATH, writeIndex } from './page-index.js';

/** A file of the page as it goes over the wire. */
export interface PageFile {
  readonly bytes: Buffer;
  readonly type: string;
  /** Of the bytes, in quotes. */
  readonly etag: string;
}

/** All that the page is made of, by path, and the digest of what stands inline in its index. */
export interface PageFiles {
  readonly byPath: ReadonlyMap<string, PageFile>;
  /** As a policy names it: `sha256-…`. */
  readonly importMapDigest: string;
}

/** Libraries by the names under which the page's modules import them: each is one file that imports no others than these. */
const LIBRARIES = ['preact', 'preact/hooks', 'preact/jsx-runtime', 'eventsource-parser'] as const;

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const folder = (path: string): string => fileURLToPath(packageFile(path));

/** Reads everything from the disk: the page's build, its style, and the libraries where this package finds them. */
export async function readPageFiles(): Promise<PageFiles> {
  const byPath = new Map<string, PageFile>();
  const add = (path: string, bytes: Buffer): void => {
    const etag = `"${createHash('sha256').update(bytes).digest('base64url')}"`;
    byPath.set(path, { bytes, type: TYPES[extname(path)] ?? 'text/html; charset=utf-8', etag });
  };
  for (const name of await readdir(folder('dist/ui'), { recursive: true })) {
    if (!name.endsWith('.js')) continue;
    add(`${PAGE_PATH}/app/${name.replaceAll('\\', '/')}`, await readFile(folder(`dist/ui/${name}`)));
  }
  for (const name of ['page.css', 'icon.svg']) add(`${PAGE_PATH}/${name}`, await readFile(folder(`ui/${name}`)));
  const imports: Record<string, string> = {};
  for (const name of LIBRARIES) {
    const path = `${PAGE_PATH}/libraries/${name.replace('/', '-')}.js`;
    imports[name] = path;
    add(path, await readFile(fileURLToPath(import.meta.resolve(name))));
  }
  const importMap = JSON.stringify({ imports });
  add(PAGE_PATH, Buffer.from(writeIndex(importMap)));
  return { byPath, importMapDigest: `sha256-${createHash('sha256').update(importMap).digest('base64')}` };
}
