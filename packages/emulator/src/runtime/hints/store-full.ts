import type { HintDraft } from './hint.js';
import type { Observation } from './observation.js';

/** Messages or tasks pile up until there is no more room: nobody deletes them. */
export function storeFull(observation: Observation): HintDraft | undefined {
  if (observation.kind === 'tasks-full') {
    const { maxBytes } = observation;
    return {
      subject: 'stored tasks',
      message: `A task was refused with Throttling.User: stored tasks take the ${maxBytes} bytes that they may.`,
      advice: 'Tasks are kept for seven days: delete projects, reset the emulator, or raise imm.maxStoredBytes.',
    };
  }
  if (observation.kind !== 'store-full') return undefined;
  const { queueName, maxBytes } = observation;
  return {
    subject: 'stored messages',
    message: `A message for queue ${queueName} was refused with TooManyRequests: stored messages take the ${maxBytes} bytes that they may.`,
    advice: 'Let consumers delete what they have handled, purge a queue, or raise maxStoredBytes.',
  };
}
