import * as fc from 'fast-check';
import { answered } from '../answered.js';
import type { Answer, ContractWorld, PendingAnswer } from '../contract-world.js';
import { follow } from '../follow.js';
import { judgeReceive } from '../judge-deliveries.js';
import type { Span } from '../model/span.js';
import { receiveMessages } from '../requests.js';
import { sendOne } from './send-commands.js';
import { type ContractCommand, type WorldView, mayTake, step } from './step.js';

/** How much before the end of its wait the service may answer: 67–193 ms were seen (spec mns §4.6). */
const EARLY_MS = 250;

const poll = fc.tuple(fc.constantFrom(undefined, 1, 3), fc.constantFrom(1, 2, 5)).map(([count, waitSeconds]) =>
  step(
    `receive ${count ?? 'one'}, wait ${waitSeconds} s`,
    async (world) => {
      const start = world.now;
      const limitMs = waitSeconds * 1000;
      const dueMs = world.queue.active(start).length > 0 ? start.latest : world.queue.nextDueMs(start);
      const dueInMs = dueMs === undefined ? Number.POSITIVE_INFINITY : dueMs - start.latest;
      const isDue = dueInMs <= limitMs - EARLY_MS;
      const offsets = isDue
        ? [Math.max(0, dueInMs - 1), dueInMs, dueInMs + 1, limitMs]
        : [limitMs - EARLY_MS, limitMs, ...(dueInMs <= limitMs ? [dueInMs] : [])];
      const request = receiveMessages(world.queue.name, { waitSeconds, ...(count === undefined ? {} : { count }) });
      const answer = await follow(world, world.begin(request), [...offsets, limitMs + 1000, limitMs + 60_000]);
      judgePromptness(world, answer, { start, limitMs, dueInMs: isDue ? dueInMs : undefined, count: count ?? 1 });
      await judgeReceive(world, answer, count ?? 1);
    },
    (world) => mayTake(world, waitSeconds * 1000),
  ),
);

interface Expectation {
  readonly start: Span;
  readonly limitMs: number;
  /** When something is deliverable, if that is well within the wait. */
  readonly dueInMs: number | undefined;
  readonly count: number;
}

function judgePromptness(world: ContractWorld, { reply, during }: Answer, expected: Expectation): void {
  const { start, limitMs, dueInMs, count } = expected;
  const sooner = world.target.capabilities.virtualTime
    ? during.earliest - start.earliest
    : during.latest - start.earliest;
  const later = during.latest - start.earliest;
  const isEmpty = reply.items.length === 0;
  if (dueInMs === undefined) {
    const isOver = later >= limitMs - EARLY_MS - 50 && later <= limitMs + world.slackMs;
    // What another node has need not be seen, and what is due just now may be.
    world.require('I16', !isEmpty || isOver, () => `a wait of ${limitMs} ms was over after ${sooner}–${later} ms`);
    return;
  }
  if (!world.target.capabilities.deterministic) return;
  const isPrompt = later <= dueInMs + world.slackMs;
  const what = `due in ${dueInMs} ms, answered ${isEmpty ? 'empty ' : ''}after ${later} ms`;
  // Late, but with a message: it may have waited for more.
  world.require('I18', isPrompt || isEmpty || count === 1, () => `a batch of ${count}: ${what}`);
  world.require('I16', isPrompt || (count > 1 && !isEmpty), () => `a waiting receive: ${what}`);
}

/** How many receives that may each miss what is there do not all miss it: 2 of 15 did (spec mns §4.5). */
const LOOKS = 8;

/**
 * Whether a receive that has missed what was there, or has brought it late, may have looked at one storage node only (spec mns
 * §4.5): then the message was there all the time, and is had by it, or by one of the next receives.
 */
async function isFoundLater(world: ContractWorld, { reply }: Answer): Promise<boolean> {
  if (world.target.capabilities.answersTakeTime !== true) return false;
  let found = reply.items.length;
  for (let look = 0; look < LOOKS && found === 0; look += 1) {
    const again = await world.call(receiveMessages(world.queue.name, { waitSeconds: 0 }));
    await judgeReceive(world, again, 1);
    found = again.reply.items.length;
  }
  return found > 0;
}

/** Nothing is in the queue, nor will be for a while: what waits is woken by what is sent, and by nothing else. */
function isQuiet({ now, queue, target }: WorldView): boolean {
  const next = queue.nextDueMs(now);
  return (
    target.capabilities.virtualTime &&
    queue.active(now).length === 0 &&
    (next === undefined || next - now.latest > 10_000)
  );
}

const draftOf = (body: string) => ({ body, delaySeconds: 0 });

const wake = fc.constantFrom(undefined, 1, 3).map((count) =>
  step(
    `send while a receive of ${count ?? 'one'} waits`,
    async (world) => {
      const request = receiveMessages(world.queue.name, { waitSeconds: 5, ...(count === undefined ? {} : { count }) });
      const pending = world.begin(request);
      await world.sleep(10);
      await sendOne(world, draftOf('wake'));
      await world.sleep(0);
      const isPrompt = pending.isAnswered();
      const answer = await follow(world, pending, [1000, 4000, 5000, 65_000]);
      await judgeReceive(world, answer, count ?? 1);
      world.require(
        (count ?? 1) > 1 ? 'I18' : 'I16',
        isPrompt || (await isFoundLater(world, answer)),
        () => `a message was sent while a receive of ${count ?? 1} waited, which was not answered`,
      );
    },
    isQuiet,
  ),
);

const takeTurns = fc.constantFrom(2, 3).map((waiters) =>
  step(
    `${waiters} receives wait for as many messages`,
    async (world) => {
      const pending: PendingAnswer[] = [];
      for (let index = 0; index < waiters; index += 1) {
        pending.push(world.begin(receiveMessages(world.queue.name, { waitSeconds: 5 })));
        await world.sleep(1);
      }
      for (let served = 1; served <= waiters; served += 1) {
        await sendOne(world, draftOf(`turn${served}`));
        await world.sleep(0);
        const isAnswered = pending.map((waiter) => waiter.isAnswered());
        const inTurn = pending.map((_, index) => index < served);
        world.require(
          'I17',
          String(isAnswered) === String(inTurn),
          () => `after ${served} of ${waiters} messages, the waiters in order are answered: ${isAnswered.join(', ')}`,
        );
      }
      for (const waiter of pending) await judgeReceive(world, await follow(world, waiter, [5000, 65_000]), 1);
    },
    (world) => isQuiet(world) && world.target.capabilities.deterministic,
  ),
);

const hangUp = fc.constant(
  step(
    'hang up while a receive waits, then send',
    async (world) => {
      const controller = new AbortController();
      const pending = world.begin(receiveMessages(world.queue.name, { waitSeconds: 5, signal: controller.signal }));
      await world.sleep(10);
      controller.abort();
      await answered(
        world.target,
        pending.answer.catch(() => undefined),
      );
      await world.sleep(10);
      await sendOne(world, draftOf('kept'));
      await world.sleep(0);
      const answer = await world.call(receiveMessages(world.queue.name));
      const isThere = answer.reply.items.length === 1;
      if (isThere) await judgeReceive(world, answer, 1);
      const isFound = isThere || (await isFoundLater(world, answer));
      world.require('I17', isFound, () => 'the message went to a waiter that had hung up');
    },
    (world) => isQuiet(world) && world.target.capabilities.hangUp,
  ),
);

const pollNowhere = fc.constant(
  step('wait at a missing queue', async (world) => {
    const request = receiveMessages(world.freshName('missing'), { waitSeconds: 5 });
    await world.refuse('I20', request, new Set(['QueueNotExist']));
  }),
);

/** Receives that wait. */
export const pollCommands: readonly fc.Arbitrary<ContractCommand>[] = [
  poll,
  poll,
  wake,
  takeTurns,
  hangUp,
  pollNowhere,
];
