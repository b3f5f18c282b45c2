import * as fc from 'fast-check';
import type { ContractWorld } from '../contract-world.js';
import { list } from '../contract-world.js';
import type { HandleOutcome } from '../model/known-message.js';
import type { Span } from '../model/span.js';
import { changeVisibility, deleteMessage, deleteMessages, type HandleSpelling } from '../requests.js';
import { type ContractCommand, step } from './step.js';

/** The newest handles more often than the oldest, and now and then none at all. */
const pick = fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 0, max: 3 }) }, fc.nat(200), fc.constant(-1));
const spelling = fc.constantFrom<HandleSpelling>('raw', 'raw', 'encoded', 'lower case');

const NO_HANDLE = 'no-handle';

function handleAt({ queue: { handles } }: ContractWorld, index: number): string {
  if (index < 0 || handles.length === 0) return NO_HANDLE;
  return handles[handles.length - 1 - (index % handles.length)] ?? NO_HANDLE;
}

const outcomeOf = (code: string | undefined): string => code ?? 'done';

type Judge = (handle: string, during: Span) => ReadonlySet<HandleOutcome>;

const deleteOutcomes =
  ({ queue }: ContractWorld): Judge =>
  (handle, during) =>
    queue.owner(handle)?.outcomesOfDelete(handle, during) ?? new Set(['ReceiptHandleError']);

const changeOutcomes =
  ({ queue }: ContractWorld): Judge =>
  (handle, during) =>
    queue.owner(handle)?.outcomesOfChange(handle, during) ?? new Set(['ReceiptHandleError', 'MessageNotExist']);

const deleteOne = fc.tuple(pick, spelling).map(([index, spelled]) =>
  step(`delete -${index} (${spelled})`, async (world) => {
    const handle = handleAt(world, index);
    const request = deleteMessage(world.queue.name, handle, spelled);
    const invariant = spelled === 'raw' ? 'I7' : 'I8';
    const allowed = deleteOutcomes(world)(handle, world.now);
    if (!allowed.has('done')) {
      await world.refuse(invariant, request, allowed);
      return;
    }
    const { reply, during } = await world.call(request);
    const may = deleteOutcomes(world)(handle, during);
    const got = outcomeOf(reply.code);
    world.require(invariant, hasOutcome(may, got), () => `delete with ${handle}: expected ${list(may)}, got ${got}`);
    const owner = world.queue.owner(handle);
    if (owner !== undefined && got === 'done') owner.isDeleted = true;
  }),
);

const deleteBatch = fc.array(pick, { minLength: 1, maxLength: 5 }).map((indexes) =>
  step(`delete batch -${indexes.join(' -')}`, async (world) => {
    const handles = [...new Set(indexes.map((index) => handleAt(world, index)))];
    const { reply, during } = await world.call(deleteMessages(world.queue.name, handles));
    world.require('I19', reply.code === undefined, () => `a batch delete was refused with ${reply.code}`);
    const reported = new Map(reply.items.map((item) => [item['ReceiptHandle'] ?? '', item['ErrorCode']]));
    for (const handle of reported.keys()) {
      world.require('I19', handles.includes(handle), () => `${handle} is reported, but was not to be deleted`);
    }
    // One after the other: a second handle of the same message finds it deleted.
    for (const handle of handles) {
      const may = deleteOutcomes(world)(handle, during);
      const got = reported.has(handle) ? 'reported' : 'done';
      const isAllowed = got === 'done' ? may.has('done') : [...may].some((outcome) => outcome !== 'done');
      world.require(
        'I19',
        isAllowed,
        () => `of ${handles.length} handles, ${handle} was ${got}, expected ${list(may)}`,
      );
      const owner = world.queue.owner(handle);
      if (owner !== undefined && got === 'done') owner.isDeleted = true;
    }
  }),
);

const deleteBatchRefused = fc.constantFrom(0, 17).map((length) =>
  step(`delete batch of ${length}`, async (world) => {
    const handles = Array.from({ length }, (_, index) => `${NO_HANDLE}${index}`);
    const codes = new Set(
      length === 0 ? ['InvalidArgument', 'MalformedXML', 'MissingReceiptHandle'] : ['InvalidArgument'],
    );
    await world.refuse('I20', deleteMessages(world.queue.name, handles), codes);
  }),
);

const deleteNowhere = pick.map((index) =>
  step('delete in a missing queue', async (world) => {
    const request = deleteMessage(world.freshName('missing'), handleAt(world, index));
    await world.refuse('I20', request, new Set(['QueueNotExist']));
  }),
);

const change = fc.tuple(pick, fc.constantFrom(1, 2, 5, 90), spelling).map(([index, seconds, spelled]) =>
  step(`change -${index} to ${seconds} s (${spelled})`, async (world) => {
    const handle = handleAt(world, index);
    const request = changeVisibility(world.queue.name, handle, seconds, spelled);
    const invariant = spelled === 'raw' ? 'I7' : 'I8';
    const allowed = changeOutcomes(world)(handle, world.now);
    if (!allowed.has('done')) {
      await world.refuse(invariant, request, allowed);
      return;
    }
    const { reply, during } = await world.call(request);
    const may = changeOutcomes(world)(handle, during);
    const got = outcomeOf(reply.code);
    world.require(invariant, hasOutcome(may, got), () => `change with ${handle}: expected ${list(may)}, got ${got}`);
    const owner = world.queue.owner(handle);
    const item = reply.items[0];
    if (reply.code !== undefined || owner === undefined || item === undefined) return;
    const next = item['ReceiptHandle'] ?? '';
    world.require('I6', next !== '' && world.queue.owner(next) === undefined, () => `the handle ${next} is not new`);
    world.queue.changed(owner, next, during, seconds);
    const until = Number(item['NextVisibleTime']);
    const isExact = until >= owner.due.earliest && until <= owner.due.latest;
    world.require(
      'I12',
      !world.target.capabilities.virtualTime || isExact,
      () => `a change to ${seconds} s ends at ${until}, expected ${owner.due.earliest}`,
    );
  }),
);

const changeRefused = fc.tuple(pick, fc.constantFrom(0, 43_201)).map(([index, seconds]) =>
  step(`change -${index} to ${seconds} s`, async (world) => {
    const handle = handleAt(world, index);
    // Which of two faults of a request is told is open; with a good handle there is only one.
    const codes = new Set<string>([
      'InvalidArgument',
      ...[...changeOutcomes(world)(handle, world.now)].filter((code) => code !== 'done'),
    ]);
    await world.refuse('I20', changeVisibility(world.queue.name, handle, seconds), codes);
  }),
);

function hasOutcome(allowed: ReadonlySet<string>, outcome: string): boolean {
  return allowed.has(outcome);
}

/** Deletes and changes of visibility with handles old and new, good and bad, in every spelling. */
export const settleCommands: readonly fc.Arbitrary<ContractCommand>[] = [
  deleteOne,
  deleteOne,
  deleteBatch,
  deleteBatchRefused,
  deleteNowhere,
  change,
  change,
  changeRefused,
];
