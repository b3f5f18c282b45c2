import type { EventCopy, TaskPlan } from '../model/task.js';

/** A copy of an event that goes the usual way, with a lag that tests can tell from a duration. */
export const COPY: EventCopy = { lagMs: 200, extraDelayMs: 0, lost: false };

/** A plan of a task in project `demo` that runs for 4 s, succeeds, and tells of it. */
export const PLAN: TaskPlan = {
  taskId: 'task-1',
  action: 'CreateGrabFrameTask',
  taskType: 'GrabFrameTask',
  project: 'demo',
  eventId: 'E',
  requestId: 'R',
  request: { Project: 'demo', VideoUri: 'oss://bkt/a.mp4' },
  notify: { topicName: 'topic', endpoint: 'http://mns' },
  queueDelayMs: 0,
  durationMs: 4000,
  outcome: { ok: true, result: { pages: 5 } },
  eventCopies: [COPY],
};
