import { fc, test } from '@fast-check/vitest';
import { MnsbusError, outcomeOf, type AnyTaskEvent } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import type { RpcReply } from './rpc-reply.js';
import { eventOfRecord, kindOfAction, type KnownTask } from './task-record.js';

const NOW_MS = Date.UTC(2026, 0, 1);

function taskOf(apiVersion: string, action: string): KnownTask {
  const kind = kindOfAction(apiVersion, action);
  if (kind === undefined) throw new Error(`no kind of ${action}`);
  return { taskId: 'asked-for', kind, project: 'p' };
}

const conversion = taskOf('2017-09-06', 'CreateOfficeConversionTask');
const video = taskOf('2017-09-06', 'CreateVideoAnalyseTask');
const faces = taskOf('2017-09-06', 'CreateGroupFacesJob');
const current = taskOf('2020-09-30', 'CreateFigureClusteringTask');

const outcome = (task: KnownTask, record: RpcReply): unknown => {
  const event: AnyTaskEvent | undefined = eventOfRecord(task, record, NOW_MS);
  return event && outcomeOf(event);
};

describe('the event of a record', () => {
  it.each<[string, KnownTask, RpcReply, object]>([
    [
      'a failure that says NoError',
      conversion,
      { Status: 'Failed', FailDetail: { Code: 'NoError' } },
      { succeeded: false, code: 'Failed' },
    ],
    ['a failure without a reason', conversion, { Status: 'Failed' }, { succeeded: false, code: 'Failed' }],
    [
      'a failure with an odd reason',
      conversion,
      { Status: 'Failed', FailDetail: [7] },
      { succeeded: false, code: 'Failed' },
    ],
    [
      'a failure with its reason',
      conversion,
      { Status: 'Failed', FailDetail: { Code: 'ConvertTimeout' } },
      { succeeded: false, code: 'ConvertTimeout' },
    ],
    ['a success whose reason is missing', conversion, { Status: 'Finished', PageCount: 3 }, { succeeded: true }],
    [
      'a job’s failure without a reason',
      video,
      { Status: 'Failed', ErrorMessage: '' },
      { succeeded: false, code: 'Failed' },
    ],
    [
      'a job’s failure with its reason',
      faces,
      { Status: 'Failed', ErrorMessage: 'Invalid Argument:SetId' },
      { succeeded: false, code: 'Invalid Argument:SetId' },
    ],
    ['a job’s success with a remark', faces, { Status: 'Finished', ErrorMessage: 'none' }, { succeeded: true }],
  ])('tells what its status says: %s', (_, task, record, expected) => {
    expect(outcome(task, record)).toMatchObject({ taskId: 'asked-for', ...expected });
  });

  it('is of the task that was asked for, whatever the record says', () => {
    const record = {
      Status: 'Succeeded',
      TaskId: 7,
      TaskType: ['odd'],
      EndTime: '2026-01-01T00:00:00Z',
      StartTime: '2026-01-01T00:00:00Z',
      ProjectName: 'p',
    };
    expect(outcome(current, record)).toMatchObject({
      taskId: 'asked-for',
      taskType: 'FaceClustering',
      succeeded: true,
    });
  });

  it.each([undefined, null, '', 'Suspended', 7, { State: 'Running' }])(
    'is no event, nor none yet, with status %j',
    (Status) => {
      expect(() => eventOfRecord(current, { Status }, NOW_MS)).toThrow(
        expect.objectContaining({ code: 'IMM_UNREACHABLE', message: expect.stringContaining('asked-for') }),
      );
    },
  );

  it('is no event when the record cannot be written down', () => {
    const deep: unknown = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000));
    expect(() => eventOfRecord(current, { Status: 'Succeeded', Tags: deep }, NOW_MS)).toThrow(
      expect.objectContaining({ code: 'TASK_OUTCOME_UNKNOWN', taskId: 'asked-for' }),
    );
  });

  const member = fc.constantFrom(
    'FailDetail',
    'PageCount',
    'FinishTime',
    'EndTime',
    'StartTime',
    'ErrorMessage',
    'Result',
    'Code',
    'Message',
    'UserData',
    'Tags',
  );
  const records = fc.dictionary(member, fc.jsonValue());
  test.prop([fc.constantFrom(conversion, video, faces, current), records, fc.boolean()])(
    'tells the truth or throws an error of ours, whatever else is in the record',
    (task, record, hasFailed) => {
      const good = task === current ? 'Succeeded' : 'Finished';
      try {
        const told = outcome(task, { ...record, Status: hasFailed ? 'Failed' : good });
        expect(told).toMatchObject({ taskId: 'asked-for', succeeded: !hasFailed });
      } catch (error) {
        if (!(error instanceof MnsbusError)) throw error;
        expect(error.code).toBe('TASK_OUTCOME_UNKNOWN');
      }
    },
  );
});
