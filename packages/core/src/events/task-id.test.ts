import { describe, expect, it } from 'vitest';
import {
  facesSearchingCloudEvent,
  failedConversion,
  immMessage,
  ossEvent,
  sampleEvents,
} from '../test-support/sample-events.js';
import { decodeEvents } from './registry.js';
import { taskIdOf } from './task-id.js';

const ids = (message: unknown) => decodeEvents(JSON.stringify(message)).map((event) => taskIdOf(event));
const type = 'imm:Task:OfficeConversion';
const content = JSON.stringify(failedConversion);
const { TaskId: taskId } = failedConversion;

describe('taskIdOf', () => {
  it.each([
    ['with a type', failedConversion, taskId],
    ['whose name has no type yet', immMessage('imm:Task:New', content), taskId],
    ['whose content was cut off behind it', immMessage(type, content.slice(0, -3)), taskId],
    [
      'whose content was cut off in the middle of it',
      immMessage(type, content.slice(0, content.indexOf(taskId) + 9)),
      undefined,
    ],
    ['whose content was cut off before anything', immMessage(type, '{"Proj'), undefined],
    ['whose content is nothing', immMessage(type, ''), undefined],
    ['whose only id is that of something inside', immMessage(type, '{"Of":{"TaskId":"x","A":1},"B":2,"Us'), undefined],
    [
      'whose content was cut off, and has quotes and brackets in texts',
      immMessage(type, String.raw`{"UserData":"{\"TaskId\":\"no\",[","TaskId":"yes","Code":"`),
      'yes',
    ],
    [
      'from EventBridge under a new name',
      { ...facesSearchingCloudEvent, type: 'imm:Task:New' },
      facesSearchingCloudEvent.data.TaskId,
    ],
    ['alone under a new word', { ...failedConversion, TaskType: 'New' }, taskId],
    ['of 2017-09-06 under a new name', { events: [{ eventName: 'NewJob', imm: { JobId: 'NewJob-1' } }] }, 'NewJob-1'],
    ['of 2017-09-06 whose id is empty', { events: [{ eventName: 'NewJob', imm: { JobId: '' } }] }, undefined],
    ['about an object', { events: [ossEvent] }, undefined],
    ['of another service', { TaskId: 'x' }, undefined],
    ['that is none', { events: [null] }, undefined],
  ])('of an event %s', (_, message, expected) => {
    expect(ids(message)).toEqual([expected]);
  });

  it('is that of the view for every sample', () => {
    for (const { text } of sampleEvents) {
      const [event] = decodeEvents(text);
      expect(event && taskIdOf(event)).toBe(
        event && 'data' in event && event.data && 'taskId' in event.data ? event.data.taskId : undefined,
      );
    }
  });
});
