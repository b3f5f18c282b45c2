// Copies the SDK of MNS into the package of the bridge, as it is. Its manifest asks for an xml2js of 2017 (CVE-2023-0842), and
// no override of ours reaches whoever installs the bridge; in the package, the SDK uses what the bridge depends on.
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const bridge = fileURLToPath(new URL('../packages/bridge/', import.meta.url));
const source = dirname(createRequire(join(bridge, 'package.json')).resolve('@alicloud/mns'));
const target = join(bridge, 'dist/vendored/alicloud-mns');

const { name, version, license, dependencies } = JSON.parse(await readFile(join(source, 'package.json'), 'utf8'));
const ours = JSON.parse(await readFile(join(bridge, 'package.json'), 'utf8')).dependencies;
const missing = Object.keys(dependencies).filter((dependency) => !(dependency in ours));
if (missing.length > 0) throw new Error(`${name} needs ${missing.join(', ')}: add to the dependencies of the bridge`);

await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
for (const part of ['lib', 'LICENSE']) await cp(join(source, part), join(target, part), { recursive: true });
// Without this, its files would be taken for modules, as the bridge's are.
await writeFile(join(target, 'package.json'), `${JSON.stringify({ name, version, license, type: 'commonjs' })}\n`);
