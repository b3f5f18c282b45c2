import type { BridgeOptions, DeliveryCounters } from '@mnsbus/bridge';
import type { Clock, WireHandler } from '@mnsbus/core';
import type { EmulatorOptions, Fault, JournalEntry } from '@mnsbus/emulator';
import type { SimulatedProcess } from '@mnsbus/emulator/testing';
import type { MessagePlan, QueuePlan } from './scenario-plan.js';
import type { BridgeMakers } from './simulated-bus.js';
import type { World } from './world.js';

/**
 * What is put wrong on purpose into a run, to see that the check of an invariant catches it.
 *
 * None of it is a fault that the contract of the services allows, or that a check would excuse.
 */
export interface Defect {
  /** The services, as everybody reaches them. */
  readonly service?: (
    handle: WireHandler,
    parts: { readonly clock: Clock; readonly connection: World['connection'] },
  ) => WireHandler;
  /** What the services do, for effects that no reply shows: the entries that stand for what they have really done. */
  readonly effects?: (entry: JournalEntry) => readonly JournalEntry[];
  /** How the services are made. */
  readonly emulator?: EmulatorOptions;
  /** Faults that nobody is told of. */
  readonly faults?: readonly Fault[];
  /** How queues are made, though the scenario says otherwise. */
  readonly queue?: (plan: QueuePlan) => QueuePlan;
  /** What is sent, though the scenario says otherwise. */
  readonly message?: (plan: MessagePlan) => MessagePlan;
  /** What makes bridges: that of a copy which was put wrong. */
  readonly makers?: BridgeMakers;
  /** How bridges are made, though the scenario says otherwise. */
  readonly bridge?: (options: BridgeOptions) => BridgeOptions;
  /** Whether no listener is registered. */
  readonly isDeaf?: boolean;
  /** What else a process does when it starts. */
  readonly started?: (process: SimulatedProcess) => void;
  /** How bridges count. */
  readonly counters?: (counters: DeliveryCounters) => DeliveryCounters;
}
