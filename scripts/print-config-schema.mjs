// Prints the JSON Schema of the emulator's config files from the schema in the code. A test compares the two.
import { writeFileSync } from 'node:fs';
import { configJsonSchema } from '../packages/emulator/dist/config/config-json-schema.js';

const file = new URL('../packages/emulator/mns-emulator.schema.json', import.meta.url);
writeFileSync(file, `${JSON.stringify(configJsonSchema(), undefined, 2)}\n`);
