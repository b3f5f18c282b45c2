import { CONSUMER_OPTIONS } from './consumer-options.js';
import type { Option } from './option.js';
import { SERVICE_OPTIONS } from './service-options.js';
import { SETTINGS_OPTIONS } from './settings-options.js';

const first = new Set(['visibility timeout']);

/** All that runs differ in, in the order in which it is applied: what others are measured by comes first. */
export const OPTIONS: readonly Option[] = [
  ...SERVICE_OPTIONS.filter(({ name }) => first.has(name)),
  ...SETTINGS_OPTIONS.filter(({ part }) => part !== 'operation'),
  ...CONSUMER_OPTIONS,
  ...SERVICE_OPTIONS.filter(({ name }) => !first.has(name)),
  ...SETTINGS_OPTIONS.filter(({ part }) => part === 'operation'),
];
