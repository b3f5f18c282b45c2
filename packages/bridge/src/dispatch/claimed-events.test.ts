import { describe, expect, it } from 'vitest';
import type { Claim, Deduplicator } from '../dedup/deduplicator.js';
import { ack, dispatcherRoom, failing, messageWith, wrapped } from '../test-support/dispatcher-room.js';
import type { Handler } from './listener-call.js';
import type { Verdict } from './verdict.js';

describe('A dispatcher with a deduplicator', () => {
  const claiming = (claim: Claim): Partial<Deduplicator> => ({ claim: async () => claim });

  it('claims an event by a key of its own while its listeners work, and completes it when all have succeeded', async () => {
    const { run, asked, facts } = dispatcherRoom({
      listeners: { A: [() => {}], B: [failing], D: [] },
      deduplicator: {},
    });
    expect(await run(messageWith('A,B,D'))).toMatchObject({ type: 'retry' });
    expect(asked.slice(0, 2)).toEqual([
      ['claim', 'message/m/0', 30_000],
      ['claim', 'message/m/1', 30_000],
    ]);
    // Which of the two ends first does not matter.
    expect(new Map(asked.slice(2).map(([how, ...of]) => [how, of]))).toEqual(
      new Map([
        ['complete', ['message/m/0', 't']],
        ['release', ['message/m/1', 't']],
      ]),
    );
    expect(facts.map(({ type }) => type).toSorted()).toEqual(['listener-failed', 'unhandled']);
  });

  it('takes the id that publishing returned, which all copies of a message have', async () => {
    const { run, asked } = dispatcherRoom({ listeners: { A: [() => {}] }, deduplicator: {} });
    await run(messageWith(wrapped('published', 'A')));
    expect(asked[0]).toEqual(['claim', 'message/published/0', 30_000]);
  });

  it.each<[Claim, Verdict, boolean]>([
    [{ state: 'completed' }, { type: 'ack' }, false],
    [{ state: 'busy' }, { type: 'release', reason: 'busy' }, true],
  ])('calls nobody for an event that is %j', async (claim, verdict, busy) => {
    const never: Handler = () => expect.unreachable();
    const { run, facts, asked } = dispatcherRoom({ listeners: { A: [never] }, deduplicator: claiming(claim) });
    expect(await run(messageWith('A'))).toEqual(verdict);
    expect(facts).toEqual([{ type: 'duplicate', messageId: 'm', eventName: 'A', key: 'message/m/0', busy }]);
    expect(asked).toEqual([]);
  });

  it('handles what it cannot claim as if there were none, and says so', async () => {
    let calls = 0;
    const { run, facts, asked } = dispatcherRoom({
      listeners: { A: [() => void (calls += 1)] },
      deduplicator: { claim: () => Promise.reject(new Error('down')) },
    });
    expect(await run(messageWith('A'))).toEqual(ack);
    expect([calls, asked]).toEqual([1, []]);
    expect(facts).toMatchObject([
      { type: 'deduplicator-failed', messageId: 'm', error: { code: 'DEDUPLICATOR_FAILED' } },
    ]);
  });

  it('asks for no claim of what all listeners have done before', async () => {
    const { run, asked } = dispatcherRoom({ listeners: { A: [() => {}] }, deduplicator: {} });
    await run(messageWith('A'));
    asked.length = 0;
    expect([await run(messageWith('A')), asked]).toEqual([ack, []]);
  });

  it('has nothing to let go of where a listener fails without a claim', async () => {
    const { run } = dispatcherRoom({
      listeners: { A: [failing] },
      deduplicator: { claim: () => Promise.reject(new Error('down')) },
    });
    expect(await run(messageWith('A'))).toMatchObject({ type: 'retry', error: { code: 'LISTENER_FAILED' } });
  });

  it('lets go of what it has claimed too late for this delivery', async () => {
    const made = dispatcherRoom({
      listeners: { A: [() => expect.unreachable()] },
      deduplicator: {
        claim: async () => {
          made.frame.held = false;
          return { state: 'claimed', token: 't' };
        },
      },
    });
    expect(await made.run(messageWith('A'))).toEqual({ type: 'release', reason: 'aborted' });
    expect(made.asked).toEqual([['release', 'message/m/0', 't']]);
  });
});
