import * as fc from 'fast-check';
import { answered } from '../answered.js';
import type { ContractWorld } from '../contract-world.js';
import {
  createQueue,
  createTopic,
  deleteMessage,
  deleteQueue,
  deleteTopic,
  publishMessage,
  receiveMessages,
  subscribe,
} from '../requests.js';
import { type ContractCommand, mayTake, step } from './step.js';

/** So many receives of which each may miss what is there do not all miss it (spec mns §4.5). */
const ROUNDS = 8;

/** The filters of the three subscriptions that a published message finds. */
const filters: readonly (string | undefined)[] = [undefined, 'paid', 'shipped'];

function endpointOf({ target: { region, accountId } }: ContractWorld, queue: string): string {
  return `acs:mns:${region}:${accountId}:queues/${queue}`;
}

const publish = fc
  .tuple(fc.constantFrom(undefined, 'paid', 'shipped', 'other'), fc.stringMatching(/^[a-z]{1,8}$/))
  .map(([tag, body]) =>
    step(
      `publish ${JSON.stringify({ tag, body })}`,
      async (world) => {
        const topic = world.freshName('topic');
        const queues = filters.map(() => world.freshName('copy'));
        try {
          await world.call(createTopic(topic));
          for (const [index, queue] of queues.entries()) {
            await world.call(createQueue(queue));
            const subscription = { endpoint: endpointOf(world, queue), filterTag: filters[index] };
            const { reply } = await world.call(subscribe(topic, `s${index}`, subscription));
            world.require('I23', reply.code === undefined, () => `a subscription was refused with ${reply.code}`);
          }
          const { reply } = await world.call(publishMessage(topic, body, tag));
          world.require('I23', reply.code === undefined, () => `a publish was refused with ${reply.code}`);
          for (const [index, queue] of queues.entries()) {
            const expected = filters[index] === undefined || filters[index] === tag ? [body] : [];
            const copies = await takeAll(world, queue, expected.length);
            const got = JSON.stringify(copies.map(({ body: taken }) => taken));
            // One more of the same is what at least once allows (spec mns §4.9), if it is another message and not that one again.
            const isAllowed = world.target.capabilities.answersTakeTime === true && isRepeated(copies, expected);
            world.require('I23', got === JSON.stringify(expected) || isAllowed, () => {
              return `tag ${tag}, filter ${filters[index]}: expected ${JSON.stringify(expected)}, got ${got}`;
            });
          }
        } finally {
          // Not judged: a run that fails here has failed before.
          for (const queue of queues) await answered(world.target, world.target.call(deleteQueue(queue)));
          await answered(world.target, world.target.call(deleteTopic(topic)));
        }
      },
      (world) => mayTake(world, 1000),
    ),
  );

interface Copy {
  readonly id: string;
  readonly body: string;
}

/** Whether a topic has delivered what was expected, and delivered it again. */
function isRepeated(copies: readonly Copy[], [expected]: readonly string[]): boolean {
  return (
    copies.length === 2 &&
    copies.every(({ body }) => body === expected) &&
    new Set(copies.map(({ id }) => id)).size === copies.length
  );
}

/** All messages in a queue; waits only for those that are expected. */
async function takeAll(world: ContractWorld, queue: string, expected: number): Promise<readonly Copy[]> {
  const copies: Copy[] = [];
  for (let rounds = 0; rounds < ROUNDS; rounds += 1) {
    const { reply } = await world.call(receiveMessages(queue, { count: 16, waitSeconds: 0 }));
    for (const item of reply.items) {
      copies.push({ id: item['MessageId'] ?? '', body: item['MessageBody'] ?? '' });
      await world.call(deleteMessage(queue, item['ReceiptHandle'] ?? ''));
    }
    if (reply.items.length > 0) continue;
    if (copies.length >= expected) break;
    // Real deliveries take some 30 ms (spec mns §5.1).
    await world.sleep(200);
  }
  return copies;
}

const publishNowhere = fc.constant(
  step('publish to a missing topic', async (world) => {
    const request = publishMessage(world.freshName('missing'), 'x');
    await world.refuse('I20', request, new Set(['TopicNotExist']));
  }),
);

// How long a tag may be is open (spec mns §3.3): nothing is asked of it here.
const publishRefused = fc.constantFrom('', 'x'.repeat(65_537)).map((body) =>
  step(`publish refused, ${body.length} bytes`, async (world) => {
    const topic = world.freshName('topic');
    try {
      await world.call(createTopic(topic));
      await world.refuse('I20', publishMessage(topic, body), new Set(['InvalidArgument']));
    } finally {
      await answered(world.target, world.target.call(deleteTopic(topic)));
    }
  }),
);

const subscribeRefused = fc
  .constantFrom<readonly [missing: boolean, endpoint: string, code: string]>(
    [true, 'queue', 'TopicNotExist'],
    [false, 'ftp://example.com', 'EndpointInvalid'],
    [false, 'acs:mns:nowhere', 'EndpointInvalid'],
  )
  .map(([isMissing, endpoint, code]) =>
    step(`subscribe refused with ${code}`, async (world) => {
      const topic = world.freshName('topic');
      try {
        if (!isMissing) await world.call(createTopic(topic));
        const given = endpoint === 'queue' ? endpointOf(world, world.queue.name) : endpoint;
        await world.refuse('I20', subscribe(topic, 's', { endpoint: given }), new Set([code]));
      } finally {
        await answered(world.target, world.target.call(deleteTopic(topic)));
      }
    }),
  );

/** Publishes to three subscriptions at once, and what topics refuse. */
export const topicCommands: readonly fc.Arbitrary<ContractCommand>[] = [
  publish,
  publishNowhere,
  publishRefused,
  subscribeRefused,
];
