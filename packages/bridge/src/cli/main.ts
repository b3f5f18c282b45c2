#!/usr/bin/env node
import { MnsbusError } from '@mnsbus/core';
import { program } from './program.js';

try {
  await program().parseAsync();
} catch (error) {
  console.error(error instanceof MnsbusError ? `mnsbus: ${error.message}` : error);
  process.exitCode = 1;
}
