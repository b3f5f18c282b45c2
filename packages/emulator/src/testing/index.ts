// For tests: the contract of MNS against any target, and what a test of an app needs. Needs fast-check, which the main
// entry does not.
export { runContract } from './contract/run-contract.js';
export type { ContractOptions, ContractReport } from './contract/run-contract.js';
export { describeContract } from './contract/describe-contract.js';
export type { DescribeContractOptions, TestWords } from './contract/describe-contract.js';
export { ContractViolation } from './contract/contract-violation.js';
export type { Replay, Violation } from './contract/contract-violation.js';
export { invariants } from './contract/invariant.js';
export type { Invariant } from './contract/invariant.js';
export type {
  ContractReply,
  ContractRequest,
  ContractTarget,
  ReplyItem,
  Tampering,
  TargetCapabilities,
} from './contract/contract-target.js';
export { accountFromEnvironment, accountTarget } from './contract/targets/account-target.js';
export type { AccountTargetOptions } from './contract/targets/account-target.js';
export { emulatorTarget } from './contract/targets/emulator-target.js';
export type { EmulatorTarget, EmulatorTargetOptions, Mount } from './contract/targets/emulator-target.js';
export { sdkClient } from './contract/targets/sdk-client.js';
export type { SdkLike } from './contract/targets/sdk-client.js';
export type { ContractKeys } from './contract/targets/sign-request.js';
export { fetchHandler, wireClient } from './contract/targets/wire-client.js';
export type { ContractClient } from './contract/targets/wire-client.js';
export { plantedDefects, testsOf } from './contract/planted-defects.js';
export type { PlantedDefect } from './contract/planted-defects.js';
export { checkHistory } from './history/check-history.js';
export type { Finding } from './history/finding.js';
export type {
  CallSpan,
  ChangeCall,
  CountCall,
  DeleteCall,
  History,
  HistoryCall,
  HistoryDelivery,
  Point,
  ReceiveCall,
  SendCall,
  SendResult,
} from './history/history.js';
export { emulatorFixtures, mountEmulator, socketMount } from './users/emulator-fixtures.js';
export type {
  EmulatorConnection,
  EmulatorFixtureOptions,
  EmulatorFixtures,
  FixtureMount,
  FixtureSet,
  MountedEmulator,
} from './users/emulator-fixtures.js';
export { FAULT_KINDS, arbitraryFault } from './users/arbitrary-faults.js';
export type { ArbitraryFaultOptions } from './users/arbitrary-faults.js';
export { SimulatedProcess } from './users/simulated-process.js';
export { spyOn } from './users/bus-spy.js';
export type { BusSpy, SpiedBus, SpiedEvent, SpiedVerdict, SpyMatch } from './users/bus-spy.js';
export { arbitraryNotification, arbitraryTask } from './users/arbitraries.js';
export type {
  ArbitraryNotification,
  ArbitraryNotificationOptions,
  ArbitraryTask,
  ArbitraryTaskOptions,
} from './users/arbitraries.js';
export { arbitraryEvent, arbitraryEventText } from '@mnsbus/core/testing';
export type { ArbitraryEventOptions } from '@mnsbus/core/testing';
