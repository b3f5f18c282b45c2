import { immOpenChoices } from './imm/open-choices.js';
import { mnsOpenChoices } from './mns/open-choices.js';
import { mountOpenChoices } from './mounts/open-choices.js';
import type { OpenChoice } from './open-choice.js';

/** Every point that the public facts leave open, and what the emulator does there; DIFFERENCES.md is printed from it. */
export const openChoices: readonly OpenChoice[] = [...mnsOpenChoices, ...immOpenChoices, ...mountOpenChoices];
