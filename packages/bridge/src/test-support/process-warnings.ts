import { onTestFinished } from 'vitest';

/** The warnings of the process from now until the test is over. */
export function processWarnings(): readonly Error[] {
  const warnings: Error[] = [];
  const onWarning = (warning: Error): void => void warnings.push(warning);
  process.on('warning', onWarning);
  onTestFinished(() => void process.off('warning', onWarning));
  return warnings;
}
