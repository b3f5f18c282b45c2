import { fc, it as prop } from '@fast-check/vitest';
import { decodeEvents, outcomeOf, taskCatalogue } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import {
  TEST_TENANT,
  immFixture,
  type ImmFixture,
  type ImmFixtureOptions,
  type TestReply,
} from '../../../test-support/imm-fixture.js';
import type { TestParameters } from '../../../test-support/rpc-request.js';

const NOTIFICATION = JSON.stringify({ MNS: { TopicName: 'ends' } });
const SOURCE = 'oss://bkt/in/a.docx';
const ONE_SOURCE = JSON.stringify([{ URI: SOURCE }]);

/** The least that each creating action must be given. */
const CREATORS: Readonly<Record<string, TestParameters>> = {
  CreateOfficeConversionTask: { SourceURI: SOURCE, TargetType: 'png', TargetURIPrefix: 'oss://bkt/out' },
  CreateMediaConvertTask: { Sources: ONE_SOURCE },
  CreateVideoLabelClassificationTask: { SourceURI: SOURCE },
  CreateImageModerationTask: { SourceURI: SOURCE },
  CreateVideoModerationTask: { SourceURI: SOURCE },
  CreateFileCompressionTask: { TargetURI: 'oss://bkt/out.zip' },
  CreateFileUncompressionTask: { SourceURI: SOURCE },
  CreateArchiveFileInspectionTask: {},
  CreateCompressPointCloudTask: {
    SourceURI: SOURCE,
    TargetURI: 'oss://bkt/out',
    CompressMethod: 'octree',
    PointCloudFields: '["x"]',
  },
  CreateImageToPDFTask: { Sources: ONE_SOURCE, TargetURI: 'oss://bkt/out.pdf' },
  CreateImageSplicingTask: { Sources: ONE_SOURCE, TargetURI: 'oss://bkt/out.png' },
  CreateDecodeBlindWatermarkTask: { SourceURI: SOURCE },
  CreateFigureClusteringTask: { DatasetName: 'ds' },
  CreateSimilarImageClusteringTask: { DatasetName: 'ds' },
  CreateFigureClustersMergingTask: { DatasetName: 'ds', To: 'c1' },
  CreateFacesSearchingTask: { DatasetName: 'ds', Sources: ONE_SOURCE },
  CreateLocationDateClusteringTask: { DatasetName: 'ds', DateOptions: '{}', LocationOptions: '{}' },
  CreateStory: { DatasetName: 'ds', StoryType: 'TimeMemory' },
  CreateHighlightTask: { Sources: ONE_SOURCE, Type: 'sport', Output: 'oss://bkt/out.mp4' },
};

async function withProject(options: ImmFixtureOptions = {}): Promise<ImmFixture> {
  const fixture = immFixture(options);
  await call(fixture, 'CreateProject', { ProjectName: 'demo' });
  return fixture;
}

function call(fixture: ImmFixture, action: string, parameters: TestParameters = {}): Promise<TestReply> {
  return fixture.call(action, { Version: '2020-09-30', ...parameters });
}

const inDemo = (parameters: TestParameters): TestParameters => ({ ProjectName: 'demo', ...parameters });
const codeOf = ({ status, members }: TestReply): unknown => [status, members['Code']];

/** Lets a task end, and gives the one event that tells of it. */
async function endOf(fixture: ImmFixture): Promise<string> {
  await fixture.clock.advanceBy(60_000);
  expect(fixture.published).toHaveLength(1);
  return fixture.published[0]?.body ?? '';
}

describe.each(Object.entries(CREATORS))('%s', (action, parameters) => {
  const entry = taskCatalogue.find((one) => one.apiVersion === '2020-09-30' && one.action === action);

  it('creates a task that runs, succeeds, and tells so', async () => {
    const fixture = await withProject();
    const created = await call(fixture, action, inDemo({ ...parameters, Notification: NOTIFICATION, UserData: 'u-1' }));
    expect(created.members).toEqual({
      RequestId: expect.any(String),
      EventId: expect.stringMatching(/^[\dA-F]{3}-[\dA-Za-z]{27}$/),
      TaskId: expect.stringMatching(new RegExp(`^${entry?.idPrefix}[\\da-f]{8}-`)),
    });
    const name = inDemo({ TaskType: entry?.taskType, TaskId: String(created.members['TaskId']) });
    const running = (await call(fixture, 'GetTask', name)).members;
    expect(running).toMatchObject({
      Status: 'Running',
      Progress: 0,
      EventId: created.members['EventId'],
      UserData: 'u-1',
    });
    expect(running).not.toHaveProperty('EndTime');
    const [event] = decodeEvents(await endOf(fixture));
    expect(event).toMatchObject({ name: entry?.eventName, form: 'imm', raw: { id: created.members['EventId'] } });
    expect(event === undefined ? undefined : outcomeOf(event)).toMatchObject({
      taskId: created.members['TaskId'],
      taskType: entry?.taskType,
      succeeded: true,
      userData: 'u-1',
    });
    const ended = (await call(fixture, 'GetTask', name)).members;
    expect(ended).toMatchObject({ Status: 'Succeeded', Progress: 100 });
    expect(ended).not.toHaveProperty('Code');
  });

  it('fails as its script says, and the event says why', async () => {
    const fixture = await withProject({
      decide: () => ({ fail: { code: 'InternalError', message: 'unknown error' } }),
    });
    await call(fixture, action, inDemo({ ...parameters, Notification: NOTIFICATION }));
    const [event] = decodeEvents(await endOf(fixture));
    expect(event === undefined ? undefined : outcomeOf(event)).toMatchObject({
      succeeded: false,
      code: 'InternalError',
      message: 'unknown error',
    });
  });

  it('wants each of its required parameters', async () => {
    const fixture = await withProject();
    for (const parameter of ['ProjectName', ...Object.keys(parameters)]) {
      const { [parameter]: _, ...rest } = inDemo(parameters);
      const reply = await call(fixture, action, rest);
      const isOneOfTwo = parameter === 'SourceURI' || parameter.startsWith('TargetURI') || parameter === 'Sources';
      if (reply.status === 200) expect(['Sources', 'SourceURI']).toContain(parameter);
      else if (!isOneOfTwo) {
        expect(reply.members['Message']).toBe(`The parameter ${parameter} is required but not provided.`);
      }
      if (reply.status !== 200) expect(codeOf(reply)).toEqual([400, 'InvalidArgument']);
    }
  });

  it('needs its project', async () => {
    const reply = await call(immFixture(), action, inDemo(parameters));
    expect([codeOf(reply), reply.members['Message']]).toEqual([
      [400, 'ResourceNotFound'],
      'The specified resource project is not found.',
    ]);
  });
});

describe('the parameters of a conversion', () => {
  it.each<[TestParameters, boolean]>([
    [{ TargetType: 'PNG' }, false],
    [{ TargetType: 'vector' }, false],
    [{ TargetType: 'txt' }, true],
    [{ TargetURI: 'oss://bkt/{dirname}/{barename}.{autoext}' }, false],
    [{ TargetURI: 'oss://{bucket}/{dirname}/{barename}.{autoext}', TargetURIPrefix: undefined }, true],
    [{ TargetURIPrefix: undefined }, false],
    [{ SourceURI: 'bkt/a.docx' }, false],
    [{ SourceURI: undefined, Sources: ONE_SOURCE }, true],
    [{ SourceURI: undefined, Sources: '[]' }, false],
    [{ StartPage: '0' }, false],
    [{ StartPage: '1' }, true],
    [{ StartPage: '3', EndPage: '2' }, false],
    [{ StartPage: '3', EndPage: '-1' }, true],
    [{ EndPage: '-2' }, false],
    [{ Pages: '1,2-4,7' }, true],
    [{ Pages: '1,,2' }, false],
    [{ ScalePercentage: '19' }, false],
    [{ ScalePercentage: '20' }, true],
    [{ ScalePercentage: '200' }, true],
    [{ ScalePercentage: '201' }, false],
    [{ Quality: '-1' }, false],
    [{ Quality: '0' }, true],
    [{ Quality: '100' }, true],
    [{ Quality: '101' }, false],
    [{ ImageDPI: '95' }, false],
    [{ ImageDPI: '96' }, true],
    [{ ImageDPI: '600' }, true],
    [{ ImageDPI: '601' }, false],
    [{ PaperSize: 'A1' }, false],
    [{ PaperSize: 'A0' }, true],
    [{ LongPicture: 'True' }, true],
    [{ LongPicture: 'yes' }, false],
    [{ UserData: 'ä'.repeat(1024) }, true],
    [{ UserData: `${'ä'.repeat(1024)}x` }, false],
    [{ Tags: '{"a":"b"}' }, true],
    [{ Tags: '{"a":1}' }, false],
    [{ TrimPolicy: '{"x":[1]}' }, true],
    [{ TrimPolicy: '[]' }, false],
    [{ Notification: '{"RocketMQ":{"InstanceId":"i","TopicName":"t"}}' }, true],
    [{ Notification: '{"RocketMQ":{"InstanceId":"i","TopicName":"t"},"MNS":{"TopicName":"t"}}' }, false],
    [{ Notification: '{"MNS":{}}' }, false],
    [{ CredentialConfig: '{"ServiceRole":"r","Chain":[{"Role":"x"}]}' }, true],
    [{ Password: '\u0000' }, false],
    [{ SomethingElse: 'ignored' }, true],
  ])('%j: taken %s', async (changes, isTaken) => {
    const fixture = await withProject();
    const reply = await call(
      fixture,
      'CreateOfficeConversionTask',
      inDemo({ ...CREATORS['CreateOfficeConversionTask'], ...changes }),
    );
    expect(codeOf(reply)).toEqual(isTaken ? [200, undefined] : [400, 'InvalidArgument']);
  });

  it('that should be JSON and are none have an error of their own', async () => {
    const fixture = await withProject();
    const reply = await call(fixture, 'CreateMediaConvertTask', inDemo({ Sources: '[{' }));
    expect(codeOf(reply)).toEqual([400, 'InvalidJSON Array parsing error,Sources']);
  });

  it('may be 11 sources, and no more', async () => {
    const fixture = await withProject();
    const sources = (count: number): string => JSON.stringify(Array.from({ length: count }, () => ({ URI: SOURCE })));
    expect((await call(fixture, 'CreateMediaConvertTask', inDemo({ Sources: sources(11) }))).status).toBe(200);
    expect((await call(fixture, 'CreateMediaConvertTask', inDemo({ Sources: sources(12) }))).status).toBe(400);
  });
});

describe('any value of any parameter', () => {
  const value = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc.constantFrom('', '0', '-1', 'true', '[]', '{}', '[null]', '[{}]', '{"__proto__":1}', 'oss://bkt/a', 'null'),
  );
  const name = fc.constantFrom(
    ...new Set([
      ...Object.values(CREATORS).flatMap((parameters) => Object.keys(parameters)),
      ...'ProjectName Notification NotifyEndpoint NotifyTopicName UserData Tags CredentialConfig Targets File'.split(
        ' ',
      ),
      ...'TaskType TaskId TaskTypes TagSelector StartTimeRange EndTimeRange Sort Order MaxResults NextToken'.split(' '),
      ...'Prefix Tag Input Actions ServiceRole Id WithStatistics RequestDefinition'.split(' '),
    ]),
  );
  const action = fc.constantFrom(
    ...Object.keys(CREATORS),
    ...'IndexFileMeta BatchIndexFileMeta GetTask ListTasks GetImageModerationResult CreateProject UpdateProject'.split(
      ' ',
    ),
    ...'ListProjects GetProject DeleteProject CreateTrigger GetTrigger ListTriggers CreateBatch ListRegions'.split(' '),
  );
  prop.prop([action, fc.dictionary(name, value)], { numRuns: 500 })(
    'gets a success or a documented error',
    async (chosen, changes) => {
      const fixture = await withProject();
      const reply = await call(fixture, chosen, inDemo({ ...CREATORS[chosen], ...changes }));
      expect([200, 400]).toContain(reply.status);
      if (reply.status === 400) expect(reply.members['Code']).toMatch(/^[A-Z]/);
    },
  );
});

describe('file meta', () => {
  it.each([
    ['IndexFileMeta', { File: JSON.stringify({ URI: 'oss://bkt/p/1.jpg' }) }, 'imm:FileMeta:Index'],
    [
      'BatchIndexFileMeta',
      { Files: JSON.stringify([{ URI: 'oss://bkt/p/1.jpg' }, { URI: 'oss://bkt/p/2.jpg' }]) },
      'imm:FileMeta:BatchIndex',
    ],
  ])('%s answers without a task, and its event is not in UTC', async (action, files, eventName) => {
    const fixture = await withProject();
    const created = await call(fixture, action, inDemo({ DatasetName: 'ds', ...files, Notification: NOTIFICATION }));
    expect(Object.keys(created.members).toSorted()).toEqual(['EventId', 'RequestId']);
    expect((await call(fixture, 'ListTasks', inDemo({}))).members['Tasks']).toEqual([]);
    const text = await endOf(fixture);
    const [event] = decodeEvents(text);
    expect(event?.name).toBe(eventName);
    const content = JSON.parse(JSON.parse(text).content);
    expect(content).toMatchObject({ ProjectName: 'demo', DatasetName: 'ds', Success: true, Message: '' });
    expect(content.EndTime).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}\+08:00$/);
    expect(content.Files[0]).toEqual({ URI: 'oss://bkt/p/1.jpg', Error: '' });
  });

  it('tells of a file that failed, in an event that succeeded', async () => {
    const fixture = await withProject();
    const File = JSON.stringify({ URI: 'oss://bkt/fail-InvalidArgument/1.jpg' });
    await call(fixture, 'IndexFileMeta', inDemo({ DatasetName: 'ds', File, Notification: NOTIFICATION }));
    const content = JSON.parse(JSON.parse(await endOf(fixture)).content);
    expect(content.Success).toBe(true);
    expect(content.Files[0].Error).toMatch(/^\[InvalidArgument\] ./);
  });
});

describe('where an event goes', () => {
  const create = (fixture: ImmFixture, notify: TestParameters): Promise<TestReply> =>
    call(fixture, 'CreateImageModerationTask', inDemo({ SourceURI: SOURCE, ...notify }));

  it.each<[string, TestParameters]>([
    ['nested', { Notification: NOTIFICATION }],
    [
      'nested, with an endpoint that does not count',
      { Notification: '{"MNS":{"TopicName":"ends","Endpoint":"http://2.mns.x.aliyuncs.com"}}' },
    ],
    [
      'flat',
      { NotifyTopicName: 'ends', NotifyEndpoint: `http://${TEST_TENANT.accountId}.mns.cn-beijing.aliyuncs.com` },
    ],
    ['flat, without an endpoint', { NotifyTopicName: 'ends' }],
  ])('to the topic: %s', async (_, notify) => {
    const fixture = await withProject();
    await create(fixture, notify);
    await fixture.clock.advanceBy(60_000);
    expect(fixture.published.map(({ topicName, tenant }) => [topicName, tenant])).toEqual([['ends', TEST_TENANT]]);
  });

  it.each<[string, TestParameters]>([
    ['without anything', {}],
    ['with an endpoint alone', { NotifyEndpoint: 'http://x' }],
    ['with an object for details alone', { Notification: '{"ExtendedMessageURI":"oss://bkt/o.json"}' }],
    ['on RocketMQ', { Notification: '{"RocketMQ":{"InstanceId":"i","TopicName":"t"}}' }],
  ])('nowhere: %s', async (_, notify) => {
    const fixture = await withProject();
    await create(fixture, notify);
    await fixture.clock.advanceBy(60_000);
    expect(fixture.published).toEqual([]);
    const lost = fixture.context.journal.entries('event-lost').map(({ reason }) => reason);
    expect(lost).toEqual(
      'Notification' in notify && notify['Notification']?.includes('RocketMQ') === true
        ? ['it was asked for on RocketMQ, which is not emulated']
        : [],
    );
  });
});
