import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { packageFile } from './package-file.js';

it('is found in the package, and a missing one has the place where it would be', () => {
  expect(JSON.parse(readFileSync(packageFile('package.json'), 'utf8'))).toMatchObject({ name: '@mnsbus/emulator' });
  expect(packageFile('not/there.txt').pathname).toMatch(/\/packages\/emulator\/not\/there\.txt$/);
});
