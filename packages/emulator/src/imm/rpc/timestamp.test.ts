import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { parseTimestamp } from './timestamp.js';

describe('a timestamp', () => {
  it.each([
    ['2018-11-14T09:51:20Z', 0],
    ['2018-11-14T09:51:20', 0],
    ['2018-11-14T09:51:20.5Z', 500],
    ['2018-11-14T09:51:20.123456', 123],
    ['2018-11-14T09:51:20.999999999Z', 999],
  ])('%s is accepted', (text, fractionMs) => {
    expect(parseTimestamp(text)).toBe(Date.UTC(2018, 10, 14, 9, 51, 20, fractionMs));
  });

  it.each([
    '',
    'None',
    '1542189080',
    '2018-11-14',
    '2018-11-14 09:51:20Z',
    '2018-11-14T09:51Z',
    '2018-11-14T09:51:20z',
    '2018-11-14T09:51:20+08:00',
    '2018-11-14T09:51:20.Z',
    '2018-11-14T09:51:20.1234567890Z',
    '2018-13-14T09:51:20Z',
    '2018-02-30T09:51:20Z',
    '2019-02-29T09:51:20Z',
    '2018-11-14T24:00:00Z',
    '2018-11-14T23:60:00Z',
    '2018-11-14T23:59:60Z',
    '02018-11-14T09:51:20Z',
    ' 2018-11-14T09:51:20Z',
    '2018-11-14T09:51:20Z\n',
  ])('%j is refused', (text) => {
    expect(parseTimestamp(text)).toBeUndefined();
  });

  it.prop([fc.date({ min: new Date(0), max: new Date(4_102_444_800_000), noInvalidDate: true })])(
    'to the millisecond is read back',
    (date) => {
      expect(parseTimestamp(date.toISOString())).toBe(date.getTime());
    },
  );
});
