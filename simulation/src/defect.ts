import type { BridgeOptions, DeliveryCounters } from '@mnsbus/bridge';
import type { WireHandler } from '@mnsbus/core';
import type { EmulatorOptions, JournalEntry } from '@mnsbus/emulator';
import type { SimulatedProcess } from './process.js';
import type { QueuePlan } from './scenario.js';

/**
 * What is put wrong on purpose into a run, to see that the check of an invariant catches it.
 *
 * None of it is a fault that the contract of the services allows, or that a check would excuse.
 */
export interface Defect {
  /** The services, as everybody reaches them. */
  readonly service?: (handle: WireHandler) => WireHandler;
  /** What the services do, for effects that no reply shows: the entries that stand for what they have really done. */
  readonly effects?: (entry: JournalEntry) => readonly JournalEntry[];
  /** How the services are made. */
  readonly emulator?: EmulatorOptions;
  /** How queues are made, though the scenario says otherwise. */
  readonly queue?: (plan: QueuePlan) => QueuePlan;
  /** How bridges are made, though the scenario says otherwise. */
  readonly bridge?: (options: BridgeOptions) => BridgeOptions;
  /** What else a process does when it starts. */
  readonly started?: (process: SimulatedProcess) => void;
  /** How bridges count. */
  readonly counters?: (counters: DeliveryCounters) => DeliveryCounters;
}
