import { fc, it as prop } from '@fast-check/vitest';
import { expect } from 'vitest';
import { DeliveryCount, type DeliveryEnd } from './counters.js';

const ends = fc.constantFrom<DeliveryEnd>('acked', 'retried', 'deadLettered', 'released');

prop.prop([fc.array(ends), fc.nat(9)])(
  'count every delivery once at its begin and once at its end',
  (list, inFlight) => {
    const count = new DeliveryCount();
    for (let index = 0; index < list.length + inFlight; index += 1) count.begin();
    for (const end of list) count.end(end);
    const of = (end: DeliveryEnd): number => list.filter((one) => one === end).length;
    expect(count.read()).toEqual({
      received: list.length + inFlight,
      acked: of('acked'),
      retried: of('retried'),
      deadLettered: of('deadLettered'),
      released: of('released'),
      inFlight,
    });
  },
);
