export { createEmulator } from './emulator.js';
export type { Emulator, EmulatorOptions } from './emulator.js';
export type { PerTask } from './imm-service.js';
export { listen } from './mounts/http.js';
export type { EmulatorServer, ListenOptions, Served } from './mounts/http.js';
export { Journal } from './runtime/journal.js';
export type { JournalEntry, JournalFact } from './runtime/journal.js';
export { openChoices } from './open-choices.js';
export type { OpenChoice } from './open-choice.js';
