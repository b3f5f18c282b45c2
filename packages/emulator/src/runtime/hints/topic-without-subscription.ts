import type { HintDraft } from './hint.js';
import type { Observation } from './observation.js';

/** A message for nobody: the service takes it, answers 201, and it is gone. */
export function topicWithoutSubscription(observation: Observation): HintDraft | undefined {
  if (observation.kind !== 'published' || observation.hasSubscriptions) return undefined;
  const { topicName } = observation;
  return {
    subject: `topics/${topicName}`,
    message: `A message was published to topic ${topicName}, which has no subscription: nobody gets it.`,
    advice: 'Subscribe a queue to the topic first; what was published before is not delivered later.',
  };
}
