import { decodeEvents, outcomeOf } from '@mnsbus/core';
import { fc, it as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import type { Task } from '../../../model/task.js';
import { MAX_MESSAGE_BYTES, messageText, taskContent } from './event-text.js';
import { beijingTime, trimmedTime } from './rfc3339.js';
import { currentKinds } from './task-kinds.js';

const TENANT = { accountId: '1000000000000001', region: 'cn-beijing' };

const TASK: Task = {
  taskId: 'MediaConvert-1c9f3f57-0a9c-4f0b-9c1c-2b7f4f0d6e11',
  action: 'CreateMediaConvertTask',
  taskType: 'MediaConvert',
  project: 'demo',
  eventId: '25E-3aZkQm7TtWb0cYx9LrPq2NdVsHu',
  requestId: '6B1F0C9E-3333-5EFE-9292-0123456789AB',
  request: {},
  notify: undefined,
  submittedAtMs: Date.UTC(2024, 8, 10, 11, 12, 13, 360),
  startedAtMs: Date.UTC(2024, 8, 10, 11, 12, 13, 360),
  endedAtMs: Date.UTC(2024, 8, 10, 11, 12, 14, 570),
  state: 'succeeded',
  outcome: {
    ok: true,
    result: {
      Sources: [{ URI: 'oss://bkt/in/a.mp4', SubtitleSources: null }],
      Targets: [
        {
          URI: '',
          Subtitle: { Extract: { URI: '' } },
          Image: { Sprites: null, Snapshots: [{ URI: 'oss://bkt/out/a.png' }], Animations: null },
        },
      ],
    },
  },
};

describe('a message of 2020-09-30', () => {
  it('is written in the order of the documented sample, with JSON inside JSON', () => {
    expect(currentKinds.CreateMediaConvertTask.eventText(TASK, TENANT)).toBe(
      '{"id":"25E-3aZkQm7TtWb0cYx9LrPq2NdVsHu","source":"acs.imm","type":"imm:Task:MediaConvert",' +
        '"subject":"acs:imm:cn-beijing:1000000000000001:demo/imm:Task:MediaConvert","time":"1725966734570","content":"' +
        '{\\"ProjectName\\":\\"demo\\",\\"DatasetName\\":\\"\\",\\"RequestId\\":\\"6B1F0C9E-3333-5EFE-9292-0123456789AB\\",' +
        '\\"StartTime\\":\\"2024-09-10T11:12:13.36Z\\",\\"EndTime\\":\\"2024-09-10T11:12:14.57Z\\",\\"UserData\\":\\"\\",' +
        '\\"TaskType\\":\\"MediaConvert\\",\\"TaskId\\":\\"MediaConvert-1c9f3f57-0a9c-4f0b-9c1c-2b7f4f0d6e11\\",' +
        '\\"Status\\":\\"Succeeded\\",\\"Code\\":\\"\\",\\"Message\\":\\"\\",\\"EventSourceId\\":\\"\\",' +
        '\\"Sources\\":[{\\"URI\\":\\"oss://bkt/in/a.mp4\\",\\"SubtitleSources\\":null}],' +
        '\\"Targets\\":[{\\"URI\\":\\"\\",\\"Subtitle\\":{\\"Extract\\":{\\"URI\\":\\"\\"}},' +
        '\\"Image\\":{\\"Sprites\\":null,\\"Snapshots\\":[{\\"URI\\":\\"oss://bkt/out/a.png\\"}],\\"Animations\\":null}}]}"}',
    );
  });

  it('has no result after a failure', () => {
    const failed: Task = {
      ...TASK,
      state: 'failed',
      outcome: { ok: false, code: 'InternalError', message: 'unknown error' },
    };
    const content = JSON.parse(JSON.parse(currentKinds.CreateMediaConvertTask.eventText(failed, TENANT)).content);
    expect(content).toMatchObject({ Status: 'Failed', Code: 'InternalError', Message: 'unknown error' });
    expect(content).not.toHaveProperty('Targets');
  });

  prop.prop([fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 1, max: 900 })], { numRuns: 30 })(
    'fits into MNS: lists are cut, the rest stays',
    (count, length) => {
      const faces = Array.from({ length: count }, () => ({
        SimilarFaces: [{ URI: 'x'.repeat(length), Similarity: 1 }],
      }));
      const task: Task = { ...TASK, taskType: 'FacesSearching', request: { UserData: 'u'.repeat(2048) } };
      const text = messageText('imm:Task:FacesSearching', task, TENANT, taskContent(task, { SimilarFaces: faces }));
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
      const [event] = decodeEvents(text);
      expect(event === undefined ? undefined : outcomeOf(event)).toMatchObject({
        taskId: task.taskId,
        succeeded: true,
        userData: 'u'.repeat(2048),
      });
      const kept = JSON.parse(JSON.parse(text).content).SimilarFaces;
      expect(kept).toEqual(faces.slice(0, kept.length));
      if (count * (length + 100) < 50_000) expect(kept).toHaveLength(count);
      else expect(kept.length).toBeGreaterThan(0);
    },
  );
});

describe('times', () => {
  it.each([
    [0, '1970-01-01T00:00:00Z', '1970-01-01T08:00:00.000000000+08:00'],
    [1_725_966_734_570, '2024-09-10T11:12:14.57Z', '2024-09-10T19:12:14.570000000+08:00'],
    [1_725_966_734_007, '2024-09-10T11:12:14.007Z', '2024-09-10T19:12:14.007000000+08:00'],
    [1_725_966_600_000, '2024-09-10T11:10:00Z', '2024-09-10T19:10:00.000000000+08:00'],
  ])('%i', (atMs, trimmed, beijing) => {
    expect([trimmedTime(atMs), beijingTime(atMs)]).toEqual([trimmed, beijing]);
    expect([Date.parse(trimmed), Date.parse(beijing)]).toEqual([atMs, atMs]);
  });
});
