import { it as prop } from '@fast-check/vitest';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instantOf } from './instant.js';

describe('instantOf', () => {
  it.each<[unknown, string]>([
    ['2024-08-20T15:03:08+08:00', '2024-08-20T07:03:08.000Z'],
    ['2024-08-20t07:03:08.1z', '2024-08-20T07:03:08.100Z'],
    ['2024-08-20 07:03:08Z', '2024-08-20T07:03:08.000Z'],
    ['2024-08-20T07:03Z', '2024-08-20T07:03:00.000Z'],
    ['2023-02-05T14:07:00.270148129+08:00', '2023-02-05T06:07:00.270Z'],
    ['2020-11-19T21:04:42.179PRC', '2020-11-19T13:04:42.179Z'],
    ['2020-11-19T21:04:42.149Asia/Shanghai', '2020-11-19T13:04:42.149Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['1725966734900', '2024-09-10T11:12:14.900Z'],
    [1_725_966_734_900, '2024-09-10T11:12:14.900Z'],
  ])('reads %j', (value, iso) => {
    expect(instantOf(value)).toEqual(new Date(iso));
  });

  it.each([
    ['no zone', '2024-08-20T07:03:08'],
    ['a blank and no zone', '2018-11-14 12:00:00'],
    ['a day', '2018-11-14'],
    ['a day that is none', '2023-02-29T00:00:00Z'],
    ['a month that is none', '2023-13-01T00:00:00Z'],
    ['an hour that is none', '2023-01-01T25:00:00Z'],
    ['an offset that is none', '2023-01-01T00:00:00+99:00'],
    ['a zone that has several offsets', '2023-01-01T00:00:00Europe/Berlin'],
    ['the words of a browser', 'Tue, 20 Aug 2024 07:03:08 GMT'],
    ['seconds since 1970', '1725966734'],
    ['seconds since 1970 as a number', 1_725_966_734],
    ['too many digits', '172596673490000'],
    ['a fraction of a millisecond', 1_725_966_734_900.5],
    ['a time before 1970 as a number', -1_725_966_734_900],
    ['infinity', Number.POSITIVE_INFINITY],
    ['nothing', ''],
    ['a time with something before it', 'at 2024-08-20T07:03:08Z'],
    ['a time with something behind it', '2024-08-20T07:03:08Z sharp'],
    ['a number with something before it', 'x1725966734900'],
    ['a number with something behind it', '1725966734900x'],
    ['null', null],
    ['a list', ['2024-08-20T07:03:08Z']],
  ])('finds no certain meaning in %s', (_, value) => {
    expect(instantOf(value)).toBeUndefined();
  });

  it('reads small numbers where milliseconds are documented', () => {
    expect(instantOf('5', 1)).toEqual(new Date(5));
  });

  prop.prop([fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true })])(
    'reads back any time',
    (date) => {
      expect(instantOf(date.toISOString())).toEqual(date);
    },
  );

  prop.prop([fc.anything()])('is a valid date or nothing for anything', (value) => {
    expect(instantOf(value)?.getTime()).not.toBeNaN();
  });
});
