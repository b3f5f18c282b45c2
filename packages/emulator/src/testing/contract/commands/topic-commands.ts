import * as fc from 'fast-check';
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
            const got = JSON.stringify(copies);
            world.require('I23', got === JSON.stringify(expected), () => {
              return `tag ${tag}, filter ${filters[index]}: expected ${JSON.stringify(expected)}, got ${got}`;
            });
          }
        } finally {
          // Not judged: a run that fails here has failed before.
          for (const queue of queues) await world.target.call(deleteQueue(queue));
          await world.target.call(deleteTopic(topic));
        }
      },
      (world) => mayTake(world, 1000),
    ),
  );

/** The bodies of all messages in a queue; waits only for those that are expected. */
async function takeAll(world: ContractWorld, queue: string, expected: number): Promise<readonly string[]> {
  const bodies: string[] = [];
  for (let rounds = 0; rounds < 5; rounds += 1) {
    const { reply } = await world.call(receiveMessages(queue, { count: 16, waitSeconds: 0 }));
    for (const item of reply.items) {
      bodies.push(item['MessageBody'] ?? '');
      await world.call(deleteMessage(queue, item['ReceiptHandle'] ?? ''));
    }
    if (reply.items.length > 0) continue;
    if (bodies.length >= expected) break;
    // Real deliveries take some 30 ms (spec mns §5.1).
    await world.sleep(200);
  }
  return bodies;
}

const publishNowhere = fc.constant(
  step('publish to a missing topic', async (world) => {
    const request = publishMessage(world.freshName('missing'), 'x');
    await world.refuse('I20', request, new Set(['TopicNotExist']));
  }),
);

const publishRefused = fc
  .constantFrom<readonly [string, string?]>([''], ['x'.repeat(65_537)], ['x', 'a-tag-that-is-too-long'])
  .map(([body, tag]) =>
    step(`publish refused, ${body.length} bytes, tag ${tag}`, async (world) => {
      const topic = world.freshName('topic');
      try {
        await world.call(createTopic(topic));
        await world.refuse('I20', publishMessage(topic, body, tag), new Set(['InvalidArgument']));
      } finally {
        await world.target.call(deleteTopic(topic));
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
        await world.target.call(deleteTopic(topic));
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
