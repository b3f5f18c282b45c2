import type { HintDraft } from './hint.js';
import type { Observation } from './observation.js';

/** An event of IMM for a topic that is not there: the task goes on, and nobody is told. */
export function topicMissing(observation: Observation): HintDraft | undefined {
  if (observation.kind !== 'topic-missing') return undefined;
  const { topicName, tenant } = observation;
  const { accountId, region } = tenant;
  return {
    subject: `topics/${topicName} of ${accountId} in ${region}`,
    message: `IMM has an event for topic ${topicName} of account ${accountId} in ${region}, which does not exist: unless it is created within three seconds, the event is lost.`,
    advice:
      'Create the topic before the task ends, or correct the name that the task is given; IMM takes any name, and never says that it is wrong.',
  };
}

/** A subscription to a queue that is not there. */
export function queueMissing(observation: Observation): HintDraft | undefined {
  if (observation.kind !== 'undelivered' || observation.reason !== 'queue-missing') return undefined;
  const { topicName, subscriptionName, to } = observation;
  return {
    subject: `topics/${topicName}/subscriptions/${subscriptionName}`,
    message: `Subscription ${subscriptionName} of topic ${topicName} delivers to the queue ${to}, which does not exist.`,
    advice:
      'Create the queue first, or correct the endpoint of the subscription; subscribing does not look whether it is there.',
  };
}

/** A push to a host that the emulator was not told to let it reach. */
export function pushHostRefused(observation: Observation): HintDraft | undefined {
  if (observation.kind !== 'undelivered' || observation.reason !== 'host-not-allowed') return undefined;
  const { topicName, subscriptionName, to } = observation;
  return {
    subject: `pushes to ${to}`,
    message: `Subscription ${subscriptionName} of topic ${topicName} pushes to ${to}, which is not this machine: nothing is sent.`,
    advice: `If that is meant, name it in push.hosts of the config file or of createEmulator: ['${to}'].`,
  };
}
