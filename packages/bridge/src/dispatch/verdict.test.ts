import { MnsbusError } from '@mnsbus/core';
import { fc, it as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { strictest, type Verdict } from './verdict.js';

const error = new MnsbusError({ code: 'LISTENER_FAILED', message: 'no' });
const ack: Verdict = { type: 'ack' };
const release: Verdict = { type: 'release', reason: 'busy' };
const dead: Verdict = { type: 'dead-letter', error, cause: 'answered' };
const retry = (afterSeconds?: number): Verdict => ({ type: 'retry', afterSeconds, error });

describe('strictest', () => {
  it.each<[string, readonly Verdict[], Verdict]>([
    ['nothing is an ack', [], ack],
    ['all acks', [ack, ack], ack],
    ['a release', [ack, release], release],
    ['a retry', [release, retry(), ack], retry()],
    ['the longest delay', [retry(5), retry(50), retry()], retry(50)],
    ['a dead letter', [retry(50), dead, ack], dead],
  ])('%s', (_, verdicts, expected) => {
    expect(strictest(verdicts)).toEqual(expected);
  });

  const verdict = fc.oneof(
    fc.constantFrom(ack, release, dead),
    fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }).map((afterSeconds) => retry(afterSeconds)),
  );
  prop.prop([fc.array(verdict), fc.array(verdict)])('does not depend on order or grouping', (some, others) => {
    const all = strictest([...some, ...others]);
    expect(strictest([...others, ...some])).toEqual(all);
    expect(strictest([strictest(some), strictest(others)])).toEqual(all);
  });
});
