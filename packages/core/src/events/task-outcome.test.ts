import { describe, expect, it } from 'vitest';
import { facesSearchingCloudEvent, failedConversion, ossEvent, sampleEvents } from '../test-support/sample-events.js';
import { decodeEvents } from './registry.js';
import { outcomeOf } from './task-outcome.js';

const outcomes = (text: string) => decodeEvents(text).map((event) => outcomeOf(event));
const sample = (name: string): string => sampleEvents.find((one) => one.name === name)?.text ?? '';

describe('outcomeOf', () => {
  it('tells of a conversion of 2017-09-06', () => {
    expect(outcomes(sample('FormatConvertJob:JobFinished'))).toMatchObject([
      { succeeded: true, code: undefined, taskType: 'FormatConvertJob', endedAt: new Date('2018-11-14T12:00:00.342Z') },
    ]);
    const failed = sample('FormatConvertJob:JobFinished').replace('NoError', 'ConvertTimeout');
    expect(outcomes(failed)).toMatchObject([{ succeeded: false, code: 'ConvertTimeout', message: undefined }]);
  });

  it('tells of a job of 2017-09-06, whose code is empty after success', () => {
    expect(outcomes(sample('GrabFrameTask'))).toMatchObject([{ succeeded: true, userData: 'order-17' }]);
    const failed = sample('GrabFrameTask').replace('"ErrorCode":""', '"ErrorCode":"InternalError"');
    expect(outcomes(failed)).toMatchObject([{ succeeded: false, code: 'InternalError' }]);
  });

  it('tells of a task of 2020-09-30', () => {
    expect(outcomes(JSON.stringify(failedConversion))).toEqual([
      {
        taskId: failedConversion.TaskId,
        taskType: 'OfficeConversion',
        succeeded: false,
        code: 'InternalError',
        message: 'unknown error',
        userData: '{"id":1}',
        startedAt: new Date('2024-05-02T08:00:10.278Z'),
        endedAt: new Date('2024-05-02T08:00:14.808Z'),
      },
    ]);
    expect(outcomes(JSON.stringify(facesSearchingCloudEvent))).toMatchObject([
      { succeeded: true, startedAt: undefined, endedAt: new Date('2024-08-20T07:03:08Z') },
    ]);
  });

  it.each([
    ['a conversion without a code', sample('FormatConvertJob:JobFinished').replace('"code"', '"cod"'), undefined],
    ['a job whose code is a number', sample('GrabFrameTask').replace('"ErrorCode":""', '"ErrorCode":0'), undefined],
    ['a task that was canceled', JSON.stringify({ ...failedConversion, Status: 'Canceled' }), 'InternalError'],
    ['a task without a status', JSON.stringify({ ...failedConversion, Status: undefined, Code: 5 }), undefined],
  ])('claims neither success nor failure of %s', (_, text, code) => {
    expect(outcomes(text)).toMatchObject([{ succeeded: undefined, code }]);
  });

  it('calls a failure without a readable code a failure, and knows no end that is not told', () => {
    const { EndTime: _, ...rest } = failedConversion;
    expect(outcomes(JSON.stringify({ ...rest, Code: null, TaskType: 'OfficeConversion', UserData: 5 }))).toMatchObject([
      { succeeded: false, code: '', userData: undefined, endedAt: undefined },
    ]);
    const untyped = { ...facesSearchingCloudEvent, data: { ...facesSearchingCloudEvent.data, TaskType: null } };
    expect(outcomes(JSON.stringify(untyped))).toMatchObject([{ succeeded: true, taskType: 'FacesSearching' }]);
  });

  it.each([
    ['a file', sample('imm:FileMeta:Index')],
    ['an object', JSON.stringify({ events: [ossEvent] })],
    ['something unknown', '{}'],
  ])('knows no outcome of an event about %s', (_, text) => {
    expect(outcomes(text)).toEqual([undefined]);
  });
});
