import { expectTypeOf } from 'vitest';
import type { Imm2017Actions, LegacyTaskStatus, VideoTaskType } from './imm-2017.js';

// A caller of actions by name gets the reply of that name.
declare function call<Action extends keyof Imm2017Actions>(
  action: Action,
  request: Imm2017Actions[Action]['request'],
): Imm2017Actions[Action]['reply'];

const created = call('CreateGrabFrameTask', { Project: 'demo', VideoUri: 'oss://b/a', TargetList: '[]' });
expectTypeOf(created.TaskId).toEqualTypeOf<string>();
expectTypeOf(created.TaskType).toEqualTypeOf<VideoTaskType>();
expectTypeOf(
  call('GetVideoTask', { Project: 'demo', TaskType: 'GrabFrameTask', TaskId: 'x' }).Status,
).toEqualTypeOf<LegacyTaskStatus>();
expectTypeOf(call('DeleteProject', { Project: 'demo' })).toEqualTypeOf<{ readonly RequestId: string }>();
expectTypeOf(call('DescribeRegions', {}).Regions.Region).items.toHaveProperty('RegionId');

// @ts-expect-error A frame grab needs its targets.
call('CreateGrabFrameTask', { Project: 'demo', VideoUri: 'oss://b/a' });
// @ts-expect-error No such action.
call('GrabFrame', { Project: 'demo' });
// @ts-expect-error No such type of video task.
call('ListVideoTasks', { Project: 'demo', TaskType: 'GrabFramesTask' });
// @ts-expect-error The page size is a number.
call('ListProjects', { MaxKeys: '5' });
