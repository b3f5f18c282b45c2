import { outcomeOf, type AnyEvent, type TaskOutcome } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import { QUEUE, TOPIC, createResources } from './test-support/resources.js';
import { mountDirect } from './test-support/mounts.js';

type Parameters = Readonly<Record<string, string>>;

interface Way {
  readonly action: string;
  readonly parameters: Parameters;
  /** The action that tells of the task afterwards, and what it must tell. */
  readonly get: (taskId: string) => readonly [action: string, parameters: Parameters];
  readonly record: object;
  readonly outcome: Partial<TaskOutcome>;
}

const conversion = (sourceUri: string, code: string): Way => ({
  action: 'CreateOfficeConversionTask',
  parameters: { Project: 'demo', SrcUri: sourceUri, TgtUri: 'oss://bucket/out', TgtType: 'png' },
  get: (TaskId) => ['GetOfficeConversionTask', { Project: 'demo', TaskId }],
  record: { Status: 'Failed', Percent: 0, PageCount: 0, FinishTime: '', FailDetail: { Code: code } },
  outcome: { succeeded: false, code, taskType: 'FormatConvertJob' },
});

const WAYS: readonly (readonly [string, Way])[] = [
  ['a failed conversion', conversion('oss://bucket/fail-OpenFileError/a.docx', 'OpenFileError')],
  ['a timeout', conversion('oss://bucket/fail-ConvertTimeout/a.docx', 'ConvertTimeout')],
  ['an unsupported source', conversion('oss://bucket/fail-UnsupportedSrcFile/a.xyz', 'UnsupportedSrcFile')],
];

describe('A task that fails is told of, end to end:', () => {
  it.each(WAYS)('%s', async (_, { action, parameters, get, record, outcome }) => {
    const made = mountDirect();
    const { imm, emulator, until } = made;
    await until(createResources(made));
    const bus = made.bridge({ queueName: QUEUE });
    await until(bus.start());
    const { TaskId } = await until(
      imm<{ TaskId: string }>(action, {
        ...parameters,
        NotifyTopicName: TOPIC,
        NotifyEndpoint: `http://${emulator.accountId}.mns.${emulator.region}.aliyuncs.com`,
      }),
    );
    const event: AnyEvent = await until(bus.waitFor({ taskId: TaskId }));
    expect(outcomeOf(event)).toMatchObject({ ...outcome, taskId: TaskId });
    // The record was final before the event came.
    expect(await until(imm(...get(TaskId)))).toMatchObject(record);
    await until(bus.close());
  });

  it('a failed task of 2020-09-30, whose own reply looks like an error to some clients', async () => {
    const made = mountDirect();
    const { imm, until } = made;
    await until(createResources(made));
    const bus = made.bridge({ queueName: QUEUE });
    await until(bus.start());
    const call = <Reply>(action: string, parameters: Parameters): Promise<Reply> =>
      until(imm<Reply>(action, { Version: '2020-09-30', ProjectName: 'demo', ...parameters }));
    await call('CreateProject', {});
    const { TaskId, EventId } = await call<{ TaskId: string; EventId: string }>('CreateOfficeConversionTask', {
      SourceURI: 'oss://bucket/fail-InternalError/a.docx',
      TargetType: 'png',
      TargetURIPrefix: 'oss://bucket/out',
      Notification: JSON.stringify({ MNS: { TopicName: TOPIC } }),
      UserData: '{"id":1}',
    });
    const event = await until(bus.waitFor({ name: 'imm:Task:OfficeConversion', taskId: TaskId }));
    expect(event.raw).toMatchObject({ id: EventId });
    expect(outcomeOf(event)).toMatchObject({
      taskId: TaskId,
      taskType: 'OfficeConversion',
      succeeded: false,
      code: 'InternalError',
      userData: '{"id":1}',
    });
    // The status is 200, and the body has a Code: clients that go by the Code reject.
    await expect(call('GetTask', { TaskType: 'OfficeConversion', TaskId })).rejects.toMatchObject({
      code: 'InternalError',
    });
    await until(bus.close());
  });
});
