import type { VideoTaskType } from '@mnsbus/core';
import type { Task } from '../../../model/task.js';
import { textMember } from '../../../request-members.js';
import type { TaskKind, TaskRequest } from '../../../task-kind.js';
import { jobKind } from './job-kind.js';
import { mediaTargets } from './media-targets.js';

/** How long a task that makes pictures runs, in milliseconds: as a real snapshot (spec imm §5). */
export const SNAPSHOT_DURATION_MS = 1200;

/** How long a task that goes through a video runs, in milliseconds: as a real moderation (spec imm §5). */
export const VIDEO_DURATION_MS = 16_000;

/** `GrabType` in an event when the request names none: the one that a real event had (spec imm §3.2). */
export const DEFAULT_GRAB_TYPE = 'interval';

/** Every kind of video task (spec imm §2.5). */
export const videoKinds: Readonly<Record<VideoTaskType, TaskKind>> = {
  VideoAnalyseTask: jobKind({
    action: 'CreateVideoAnalyseTask',
    taskType: 'VideoAnalyseTask',
    source: 'VideoUri',
    defaultDurationMs: VIDEO_DURATION_MS,
    result: (request, random) => ({
      ...analysisPlaces(textMember(request, 'TgtUri')),
      ProcessLength: String(random.integer(10, 600)),
    }),
  }),
  CompressVideoTask: jobKind({
    action: 'CreateVideoCompressTask',
    taskType: 'CompressVideoTask',
    source: 'VideoUri',
    defaultDurationMs: VIDEO_DURATION_MS,
    result: (request) => ({ TgtUri: firstTarget(request) }),
    eventMembers: (task) => ({
      Results: JSON.stringify(
        targetsOf(task.request).map(({ targetUri }) => ({ Success: success(task), TargetUri: targetUri })),
      ),
    }),
  }),
  GrabFrameTask: jobKind({
    action: 'CreateGrabFrameTask',
    taskType: 'GrabFrameTask',
    source: 'VideoUri',
    defaultDurationMs: SNAPSHOT_DURATION_MS,
    result: (request) => ({ TgtUri: firstTarget(request), FrameCount: String(framesOf(request)) }),
    eventMembers: (task) => ({
      // One image is billed as one second.
      GrabDuration: task.outcome?.ok === true ? String(framesOf(task.request)) : '0',
      Results: JSON.stringify(
        targetsOf(task.request).map(({ targetUri, grabType }) => ({
          Success: success(task),
          GrabType: grabType === '' ? DEFAULT_GRAB_TYPE : grabType,
          TargetUri: targetUri,
        })),
      ),
    }),
  }),
  VideoAbstractTask: jobKind({
    action: 'CreateVideoAbstractTask',
    taskType: 'VideoAbstractTask',
    source: 'VideoUri',
    defaultDurationMs: VIDEO_DURATION_MS,
    result: (request) => ({ TgtUri: textMember(request, 'TargetVideoUri') }),
  }),
  VideoProduceTask: jobKind({
    action: 'CreateVideoProduceTask',
    taskType: 'VideoProduceTask',
    source: 'TargetUri',
    defaultDurationMs: VIDEO_DURATION_MS,
    result: (request) => ({ TgtUri: textMember(request, 'TargetUri') }),
  }),
  MediaComplexTask: jobKind({
    action: 'CreateMediaComplexTask',
    taskType: 'MediaComplexTask',
    source: 'Parameters',
    defaultDurationMs: VIDEO_DURATION_MS,
  }),
  StreamAnalyseTask: jobKind({
    action: 'CreateStreamAnalyseTask',
    taskType: 'StreamAnalyseTask',
    source: 'StreamUri',
    // A stream goes on until somebody stops its analysis.
    defaultDurationMs: Infinity,
    result: (request) => analysisPlaces(textMember(request, 'TgtUri')),
  }),
  ImageProcessTask: jobKind({
    action: 'CreateImageProcessTask',
    taskType: 'ImageProcessTask',
    source: 'ImageUri',
    defaultDurationMs: SNAPSHOT_DURATION_MS,
    result: (request) => ({ TgtUri: firstTarget(request) }),
  }),
};

function targetsOf(request: TaskRequest): ReturnType<typeof mediaTargets> {
  return mediaTargets(textMember(request, 'TargetList'));
}

function firstTarget(request: TaskRequest): string {
  return targetsOf(request)[0]?.targetUri ?? '';
}

function framesOf(request: TaskRequest): number {
  return targetsOf(request).reduce((sum, { grabNumber }) => sum + grabNumber, 0);
}

function success({ outcome }: Task): string {
  return String(outcome?.ok === true);
}

/** Where an analysis puts frames, sound and result (spec imm §2.5). */
function analysisPlaces(target: string): Readonly<Record<string, string>> {
  const base = target === '' || target.endsWith('/') ? target : `${target}/`;
  return base === ''
    ? { TgtUri: '' }
    : { TgtUri: target, ImgsUri: `${base}imgs`, AudioUri: `${base}audio`, ResultUri: `${base}result/result.txt` };
}
