export type { Imm2020Actions, Imm2020Creators } from './actions.js';
export type * from './automation.js';
export type * from './common.js';
export type * from './documents.js';
export type * from './files.js';
export type * from './images.js';
export type * from './media.js';
export type * from './projects.js';
export type * from './tasks.js';
