import { describe, expect, it } from 'vitest';
import { MnsModel } from './mns-model.js';

const NOW_MS = 1_767_225_600_000;

describe('listing', () => {
  it('reaches any page of many thousand queues, with and without a prefix', () => {
    const model = new MnsModel();
    const nameOf = (number: number): string => `q-${String(number).padStart(5, '0')}`;
    for (let number = 0; number < 20_000; number += 1) {
      // 7919 and 20,000 have no common divisor, so this visits every number once.
      model.apply({ type: 'createQueue', queueName: nameOf((number * 7919) % 20_000), attributes: {} }, NOW_MS);
    }
    const page = (prefix: string, marker: string, limit: number): unknown => {
      const result = model.apply({ type: 'listQueues', prefix, marker, limit }, NOW_MS);
      return result.ok ? [result.value.items.map(({ name }) => name), result.value.nextMarker] : result.failure;
    };
    expect(page('', nameOf(15_000), 2)).toEqual([[nameOf(15_001), nameOf(15_002)], nameOf(15_002)]);
    expect(page('q-1234', '', 1000)).toEqual([
      Array.from({ length: 10 }, (_, digit) => nameOf(12_340 + digit)),
      undefined,
    ]);
    expect(page('q-1234', nameOf(12_347), 1)).toEqual([[nameOf(12_348)], nameOf(12_348)]);
    expect(page('q-3', '', 1)).toEqual([[], undefined]);
  });

  it.each([0, 1001, 1.5, Number.NaN])('refuses a page of %d', (limit) => {
    const result = new MnsModel().apply({ type: 'listTopics', prefix: '', marker: '', limit }, NOW_MS);
    expect(result).toEqual({
      ok: false,
      failure: { code: 'InvalidArgument', element: 'x-mns-ret-number', range: { low: 1, high: 1000 } },
    });
  });
});
