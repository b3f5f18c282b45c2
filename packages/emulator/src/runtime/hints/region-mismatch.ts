import type { HintDraft } from './hint.js';
import type { HintWorld, Observation, Observed } from './observation.js';

/** What is not here, but in another region; or a subscription that names another one. */
export function regionMismatch(observation: Observation, world: HintWorld): HintDraft | undefined {
  switch (observation.kind) {
    case 'refused':
      return missingHere(observation, world);
    case 'topic-missing':
      return elsewhere(observation, 'topic', observation.topicName, world);
    case 'notified-elsewhere':
      return eventElsewhere(observation);
    case 'subscribed':
      return endpointElsewhere(observation);
    case 'published':
    case 'undelivered':
    case 'refused-at-door':
    case 'action-unanswered':
    case 'reply-set':
    case 'store-full':
    case 'tasks-full':
      return undefined;
  }
}

function missingHere(observation: Observed<'refused'>, world: HintWorld): HintDraft | undefined {
  const { code, request } = observation;
  if (code !== 'QueueNotExist' && code !== 'TopicNotExist') return undefined;
  const [, plural, name] = /\/(queues|topics)\/([^/?]+)/.exec(request.target) ?? [];
  return name === undefined ? undefined : elsewhere(observation, plural === 'queues' ? 'queue' : 'topic', name, world);
}

function elsewhere(
  { tenant: { accountId, region } }: Pick<Observed<'refused'>, 'tenant'>,
  kind: 'queue' | 'topic',
  name: string,
  world: HintWorld,
): HintDraft | undefined {
  const regions = world.regionsWith(accountId, kind, name).filter((other) => other !== region);
  if (regions.length === 0) return undefined;
  return {
    subject: `${kind}s/${name} in ${region}`,
    message: `The ${kind} ${name} was asked for in ${region}, where it is not; it is in ${regions.join(', ')}.`,
    advice: `Name the same region everywhere: in the client’s host or endpoint, in notify endpoints, and as the emulator’s own region.`,
  };
}

function eventElsewhere({ tenant, topicName, endpoint, reason }: Observed<'notified-elsewhere'>): HintDraft {
  return {
    subject: `notify endpoint ${endpoint} of topics/${topicName} in ${tenant.region}`,
    message: `The event of a task for topic ${topicName} is lost: ${reason}.`,
    advice: 'Name the account and region of the task in its notify endpoint, or the address of the emulator.',
  };
}

/** Clients at a bare address write parts of it as the region, which means nothing (spec mns §1.1). */
const REGION = /^[a-z]{2}-[a-z][a-z0-9-]*$/;

function endpointElsewhere({
  tenant,
  topicName,
  subscriptionName,
  endpoint,
}: Observed<'subscribed'>): HintDraft | undefined {
  const [, region] = /^acs:mns:([^:]*):/.exec(endpoint) ?? [];
  if (region === undefined || !REGION.test(region) || region === tenant.region) return undefined;
  return {
    subject: `topics/${topicName}/subscriptions/${subscriptionName}`,
    message: `Subscription ${subscriptionName} of topic ${topicName} in ${tenant.region} names a queue in ${region}; here, the one in ${tenant.region} gets its messages.`,
    advice: `Start the emulator with --region ${region}, or name ${tenant.region} in the endpoint.`,
  };
}
