import { MnsbusError } from '@mnsbus/core';
import { fc, it as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { strictest, strictestOf, type ReleaseReason, type Verdict } from './verdict.js';

const error = new MnsbusError({ code: 'LISTENER_FAILED', message: 'no' });
const ack: Verdict = { type: 'ack' };
const release = (reason: ReleaseReason = 'busy'): Verdict => ({ type: 'release', reason });
const dead: Verdict = { type: 'dead-letter', error, cause: 'answered' };
const retry = (afterSeconds?: number): Verdict => ({ type: 'retry', afterSeconds, error });

describe('strictest', () => {
  it.each<[string, readonly Verdict[], Verdict]>([
    ['nothing is an ack', [], ack],
    ['all acks', [ack, ack], ack],
    ['a release', [ack, release()], release()],
    ['what is busy, which comes soon', [release('aborted'), release(), release('aborted')], release()],
    ['what nobody hears, which comes later', [release(), release('unheard'), release()], release('unheard')],
    ['what was passed on', [release('unheard'), release('passed-on'), ack], release('passed-on')],
    ['a retry', [release(), retry(), ack], retry()],
    ['the longest delay', [retry(5), retry(50), retry()], retry(50)],
    ['a dead letter', [retry(50), dead, ack], dead],
  ])('%s', (_, verdicts, expected) => {
    expect(strictest(verdicts)).toEqual(expected);
  });

  const verdict = fc.oneof(
    fc.constantFrom(ack, ...(['aborted', 'busy', 'unheard', 'passed-on'] as const).map(release), dead),
    fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }).map((afterSeconds) => retry(afterSeconds)),
  );
  prop.prop([fc.array(verdict), fc.array(verdict)])('does not depend on order or grouping', (some, others) => {
    const all = strictest([...some, ...others]);
    expect(strictest([...others, ...some])).toEqual(all);
    expect(strictest([strictest(some), strictest(others)])).toEqual(all);
  });

  it('the first of equals', () => {
    for (const type of ['retry', 'dead-letter'] as const) {
      const equals = ['a', 'b'].map((message): Verdict => {
        const other = new MnsbusError({ code: 'LISTENER_FAILED', message });
        return type === 'retry' ? { type, afterSeconds: 5, error: other } : { type, error: other, cause: 'answered' };
      });
      expect(strictest([ack, ...equals])).toBe(equals[0]);
    }
  });

  it.each([[[]], [[retry()]], [[ack, retry(5), release()]]])('of verdicts that are to come: %j', async (verdicts) => {
    expect(await strictestOf(verdicts.map(async (one) => one))).toEqual(strictest(verdicts));
  });
});
