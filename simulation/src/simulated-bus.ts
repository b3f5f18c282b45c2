import type { Bridge, BridgeOptions, EventsWith, createBridge, createImm } from '@mnsbus/bridge';
import { defineEvent, type CustomEventType } from '@mnsbus/core';
import { CUSTOM } from './message-body.js';

/** A schema that takes everything. */
interface Anything {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => { readonly value: unknown };
  };
}

const ANYTHING: Anything = {
  '~standard': { version: 1, vendor: 'simulation', validate: (value) => ({ value }) },
};

type Order = CustomEventType<typeof CUSTOM, Anything>;

/** The event type of the app's own. */
const ORDER: Order = defineEvent({ name: CUSTOM, schema: ANYTHING });

/** What makes bridges and clients of IMM: the bridge's own, or those of a copy with a defect. */
export interface BridgeMakers {
  readonly createBridge: typeof createBridge;
  readonly createImm: typeof createImm;
}

/** A bridge as every process of a run has it. */
export type SimulatedBus = Bridge<EventsWith<Order>>;

/** Makes a bridge that knows the event type of the app's own. */
export function createBus(create: typeof createBridge, options: BridgeOptions): SimulatedBus {
  return create({ ...options, events: [ORDER] });
}
