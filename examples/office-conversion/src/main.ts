import { WATCHABLE, run } from './run.js';

try {
  await run(process.env, WATCHABLE, (line) => console.log(line));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
