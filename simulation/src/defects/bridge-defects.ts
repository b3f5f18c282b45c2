import type { BridgeDefect } from './bridge-defect.js';
import { HANDLING_DEFECTS } from './handling-defects.js';
import { OPERATION_DEFECTS } from './operation-defects.js';
import { PUSH_DEFECTS } from './push-defects.js';

/** Faults that the bridge once had; each shows that its check would see it again. */
export const BRIDGE_DEFECTS: readonly BridgeDefect[] = [...HANDLING_DEFECTS, ...OPERATION_DEFECTS, ...PUSH_DEFECTS];
