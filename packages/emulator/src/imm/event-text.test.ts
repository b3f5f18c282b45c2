import { decodeEvents, md5Hex } from '@mnsbus/core';
import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { legacyEventText } from './event-text.js';

const officeEvent = (taskId: string, eventTime: string, imm: Readonly<Record<string, string>> = {}): string =>
  legacyEventText({
    eventName: 'FormatConvertJob:JobFinished',
    eventTimeMs: Date.parse(eventTime),
    imm: { taskId, percent: '100', pageCount: '5', code: 'NoError', ...imm },
  });

describe('the text of an event', () => {
  // Three notifications that the real service sent in November 2018, with the MD5 that it computed.
  it.each([
    ['723f6489-2e91-4475-93a2-41bbedf76d1f', '2018-11-14T09:51:20.342Z', 'FF48C799CEF8997625D00B364D7471D1'],
    ['c54b5836-5270-4beb-a5e5-ceb7627e5c98', '2018-11-14T09:51:47.941Z', '9D7EAD233258273ADC9C7FB496FE9316'],
    ['2aaeaeb0-7082-4330-8489-42dcd1b877c6', '2018-11-14T09:52:09.584Z', '93B11711E9F2836CC4E65838DD6DD81D'],
  ])('of task %s has the MD5 of the real one', (taskId, eventTime, messageMD5) => {
    expect(md5Hex(officeEvent(taskId, eventTime))).toBe(messageMD5);
  });

  it('is compact, with sorted keys, to the byte', () => {
    const failure = { code: 'ConvertTimeout', percent: '0', pageCount: '0' };
    expect(officeEvent('formatconvert-1', '2018-11-14T10:02:11.007Z', failure)).toBe(
      '{"events":[{"eventName":"FormatConvertJob:JobFinished","eventSource":"acs:imm",' +
        '"eventTime":"2018-11-14T10:02:11.007Z","eventVersion":"1.0",' +
        '"imm":{"code":"ConvertTimeout","pageCount":"0","percent":"0","taskId":"formatconvert-1"}}]}',
    );
  });

  it('sorts the payload of any event', () => {
    const text = legacyEventText({ eventName: 'GrabFrameTask', eventTimeMs: 0, imm: { JobId: 'j', ErrorCode: '' } });
    expect(text).toContain('"imm":{"ErrorCode":"","JobId":"j"}');
  });

  it.prop([fc.uuid(), fc.integer({ min: 0, max: 4_102_444_800_000 }), fc.nat({ max: 999_999_999 })])(
    'is read back as the typed event',
    (taskId, eventTimeMs, pageCount) => {
      const [event] = decodeEvents(
        officeEvent(taskId, new Date(eventTimeMs).toISOString(), { pageCount: String(pageCount) }),
      );
      expect(event).toMatchObject({
        name: 'FormatConvertJob:JobFinished',
        source: 'acs:imm',
        occurredAt: new Date(eventTimeMs),
        data: { taskId, pageCount, percent: 100, code: 'NoError' },
      });
    },
  );
});
