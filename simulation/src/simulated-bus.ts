import type { Bridge, BridgeOptions, EventsWith, createBridge, createImm } from '@mnsbus/bridge';
import { defineEvent, type CustomEventType } from '@mnsbus/core';
import { CUSTOM, REFUSED } from './message-body.js';

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

/** How the app's own code answers that tells its event types apart and reads them. */
export type OwnCode = 'plain' | 'throws' | 'nonsense';

type OwnType = CustomEventType<typeof CUSTOM | typeof REFUSED, Anything>;

const PLAIN_TYPES: readonly OwnType[] = [defineEvent({ name: CUSTOM, schema: ANYTHING })];

/** Types whose every function fails in some way: of one the schema too, so that no event of it can be read. */
function hostileTypes(answer: () => unknown): readonly OwnType[] {
  // Typed as nothing, so that they may answer anything.
  const validate: object = { validate: answer };
  const rest: object = { matches: answer, occurredAt: answer, key: answer };
  const schema: Anything = { '~standard': Object.assign({ ...ANYTHING['~standard'] }, validate) };
  return [
    defineEvent(Object.assign({ name: CUSTOM, schema: ANYTHING } as const, rest)),
    defineEvent(Object.assign({ name: REFUSED, schema } as const, rest)),
  ];
}

const rejecting = (): unknown => Promise.reject(new Error('code of the app failed'));

const OWN_TYPES: Readonly<Record<OwnCode, () => readonly OwnType[]>> = {
  plain: () => PLAIN_TYPES,
  throws: () =>
    hostileTypes(() => {
      throw new Error('code of the app failed');
    }),
  nonsense: () => {
    let calls = 0;
    const answers = [() => Symbol('nonsense'), () => null, () => new Date(Number.NaN), rejecting, () => ({})];
    return hostileTypes(() => {
      calls += 1;
      return answers[calls % answers.length]?.();
    });
  },
};

/** What makes bridges and clients of IMM: the bridge's own, or those of a copy with a defect. */
export interface BridgeMakers {
  readonly createBridge: typeof createBridge;
  readonly createImm: typeof createImm;
}

/** A bridge as every process of a run has it. */
export type SimulatedBus = Bridge<EventsWith<OwnType>>;

/** Makes a bridge that knows the event types of the app's own. */
export function createBus(
  create: typeof createBridge,
  options: BridgeOptions,
  ownCode: OwnCode = 'plain',
): SimulatedBus {
  return create({ ...options, events: OWN_TYPES[ownCode]() });
}
