import { readXml } from '@mnsbus/core/internal';
import { beforeEach, describe, expect, it } from 'vitest';
import { CONVERSION, immFixture, type ImmFixture, type TestReply } from '../../../test-support/imm-fixture.js';
import type { TestParameters } from '../../../test-support/rpc-request.js';

let fixture: ImmFixture;

const create = (parameters: TestParameters = {}): Promise<TestReply> =>
  fixture.call('CreateOfficeConversionTask', { ...CONVERSION, ...parameters });

const get = (taskId: unknown, parameters: TestParameters = {}): Promise<TestReply> =>
  fixture.call('GetOfficeConversionTask', { Project: 'demo', TaskId: String(taskId), ...parameters });

beforeEach(async () => {
  fixture = immFixture({ startMs: Date.UTC(2020, 10, 13, 7, 53, 8, 687), pageCount: 10 });
  await fixture.call('PutProject', { Project: 'demo' });
});

describe('CreateOfficeConversionTask', () => {
  it('answers with a running task', async () => {
    const { status, members } = await create();
    expect(status).toBe(200);
    expect(members).toEqual({
      Status: 'Running',
      Percent: 0,
      CreateTime: '2020-11-13T07:53:08.687000Z',
      TaskId: expect.stringMatching(/^formatconvert-[\da-f-]{36}$/),
      TgtLoc: 'oss://bkt/out/',
      RequestId: expect.any(String),
    });
  });

  it.each([
    ['oss://bkt/out', 'oss://bkt/out/'],
    ['oss://bkt/out/', 'oss://bkt/out/'],
    ['oss://bkt', 'oss://bkt/'],
  ])('turns TgtUri %s into TgtLoc %s', async (TgtUri, TgtLoc) => {
    expect((await create({ TgtUri })).members['TgtLoc']).toBe(TgtLoc);
  });

  const hundred = JSON.stringify(Array.from({ length: 100 }, (_, index) => index + 1));
  it.each([
    { SrcUri: 'oss://a-1/b' },
    { SrcUri: `oss://${'b'.repeat(63)}/图 片.docx` },
    ...['vector', 'png', 'jpg', 'pdf', 'text', 'PDF', 'Text'].map((TgtType) => ({ TgtType })),
    { SrcType: 'docx' },
    { StartPage: '1' },
    { EndPage: '-1' },
    { EndPage: '1' },
    { StartPage: '5', EndPage: '5' },
    { StartPage: '300' },
    ...['-1', '1', '1000'].map((rows) => ({ MaxSheetRow: rows, MaxSheetCol: rows, MaxSheetCount: rows })),
    { SheetOnePage: 'true', FitToPagesTall: 'false', FitToPagesWide: 'True', PdfVector: 'true', Hidecomments: 'FALSE' },
    { DisplayDpi: '96' },
    { DisplayDpi: '2048' },
    { Password: 'p@ss word' },
    { TgtFilePrefix: 'aA0-_' },
    { TgtFilePrefix: 'a'.repeat(256) },
    { TgtFileSuffix: '.aA0-_' },
    { TgtFileSuffix: 'a'.repeat(256) },
    { TgtFilePages: '[1,2,100]' },
    { TgtFilePages: hundred },
    { UserData: '{"id":1}' },
    { ModelId: 'x', ImageSpec: 'y', ExternalID: 'z' },
    { NotifyEndpoint: undefined, NotifyTopicName: undefined },
  ])('accepts %j', async (parameters) => {
    expect((await create(parameters)).members['Status']).toBe('Running');
  });

  const notNumbers = ['x', '1.5', '1e3', 'undefined', ' 1'];
  const numeric = ['StartPage', 'EndPage', 'MaxSheetRow', 'MaxSheetCol', 'MaxSheetCount', 'DisplayDpi'];
  const truth = ['SheetOnePage', 'FitToPagesTall', 'FitToPagesWide', 'PdfVector', 'Hidecomments'];
  it.each<[TestParameters, string]>([
    ...['Project', 'SrcUri', 'TgtUri', 'TgtType'].flatMap((name): [TestParameters, string][] => [
      [{ [name]: undefined }, `Missing${name}`],
      [{ [name]: '' }, `InvalidParameter.${name}.Empty`],
    ]),
    [{ Project: 'none' }, 'InvalidProject.NotFound'],
    ...[
      'http://bkt/a',
      'oss://bkt',
      'oss://bkt/',
      'oss:///a',
      'oss://bk/a',
      'oss://Bkt/a',
      'oss://-bkt/a',
      'oss://bkt-/a',
      `oss://${'b'.repeat(64)}/a`,
      'bkt/a',
      'oss://bkt/\0',
    ].map((SrcUri): [TestParameters, string] => [{ SrcUri }, 'InvalidParameter.SrcUri.WrongFormat']),
    ...['http://bkt/a', 'oss://', 'oss:///a', 'oss://bk', 'out/'].map((TgtUri): [TestParameters, string] => [
      { TgtUri },
      'InvalidParameter.TgtUri.WrongFormat',
    ]),
    ...['docx', 'txt', 'png,jpg'].map((TgtType): [TestParameters, string] => [{ TgtType }, 'InvalidParameter.TgtType']),
    ...numeric.flatMap((name) =>
      notNumbers.map((value): [TestParameters, string] => [{ [name]: value }, `InvalidParameter.${name}.WrongFormat`]),
    ),
    ...numeric.map((name): [TestParameters, string] => [{ [name]: '0' }, `InvalidParameter.${name}`]),
    ...numeric.map((name): [TestParameters, string] => [{ [name]: '-2' }, `InvalidParameter.${name}`]),
    [{ StartPage: '-1' }, 'InvalidParameter.StartPage'],
    [{ StartPage: '5', EndPage: '4' }, 'InvalidParameter.EndPage'],
    [{ DisplayDpi: '95' }, 'InvalidParameter.DisplayDpi'],
    [{ DisplayDpi: '2049' }, 'InvalidParameter.DisplayDpi'],
    [{ DisplayDpi: '-1' }, 'InvalidParameter.DisplayDpi'],
    ...truth.flatMap((name) =>
      ['1', 'yes', 'undefined'].map((value): [TestParameters, string] => [
        { [name]: value },
        `InvalidParameter.${name}.WrongFormat`,
      ]),
    ),
    ...['a.b', 'a b', '图', 'a'.repeat(257)].map((TgtFilePrefix): [TestParameters, string] => [
      { TgtFilePrefix },
      'InvalidParameter.TgtFilePrefix.WrongFormat',
    ]),
    ...['a/b', 'a b', '图', 'a'.repeat(257)].map((TgtFileSuffix): [TestParameters, string] => [
      { TgtFileSuffix },
      'InvalidParameter.TgtFileSuffix.WrongFormat',
    ]),
    ...['1,2', '[0]', '["1"]', '{}', '[1'].map((TgtFilePages): [TestParameters, string] => [
      { TgtFilePages },
      'InvalidParameter.TgtFilePages.WrongFormat',
    ]),
    [{ TgtFilePages: '[]' }, 'InvalidParameter.TgtFilePages.Empty'],
    [{ TgtFilePages: JSON.stringify(Array.from({ length: 101 }, () => 1)) }, 'InvalidParameter.TgtFilePages'],
    ...['SrcType', 'NotifyTopicName', 'NotifyEndpoint', 'Password', 'UserData', 'IdempotentToken'].map(
      (name): [TestParameters, string] => [{ [name]: '\u{FFFF}' }, `InvalidParameter.${name}.WrongFormat`],
    ),
  ])('refuses %j with %s and creates nothing', async (parameters, code) => {
    const { status, members } = await create(parameters);
    expect([status, members['Code']]).toEqual([400, code]);
    const list = await fixture.call('ListOfficeConversionTask', { Project: 'demo' });
    expect(list.members['Tasks']).toEqual([]);
  });

  it.each([
    [{}, 10],
    [{ StartPage: '4' }, 7],
    [{ EndPage: '3' }, 3],
    [{ StartPage: '2', EndPage: '3' }, 2],
    [{ EndPage: '-1' }, 10],
    [{ TgtFilePages: '[1,2,100]' }, 2],
    [{ StartPage: '300' }, 0],
  ])('with %j converts %d of ten pages', async (parameters, pageCount) => {
    const { members } = await create(parameters);
    await fixture.clock.advanceBy(4000);
    expect((await get(members['TaskId'])).members['PageCount']).toBe(pageCount);
  });
});

describe('an IdempotentToken', () => {
  const token = { IdempotentToken: '0a1b2c3d' };

  it('brings the first reply again, with a request id of its own', async () => {
    const first = await create(token);
    await fixture.clock.advanceBy(10_000);
    const second = await create(token);
    expect(second.members).toEqual({ ...first.members, RequestId: second.members['RequestId'] });
    expect(second.members['RequestId']).not.toBe(first.members['RequestId']);
    await fixture.clock.advanceBy(10_000);
    expect(fixture.published).toHaveLength(1);
  });

  it('counts for 43,200 seconds', async () => {
    const first = await create(token);
    await fixture.clock.advanceBy(43_199_999);
    expect((await create(token)).members['TaskId']).toBe(first.members['TaskId']);
    await fixture.clock.advanceBy(1);
    expect((await create(token)).members['TaskId']).not.toBe(first.members['TaskId']);
  });

  it('makes a new task of another request', async () => {
    const first = await create(token);
    const second = await create({ ...token, TgtType: 'jpg' });
    expect(second.members['TaskId']).not.toBe(first.members['TaskId']);
  });

  it('is not needed to submit the same request twice', async () => {
    const [first, second] = [await create(), await create()];
    expect(second.members['TaskId']).not.toBe(first.members['TaskId']);
  });

  it('shifts neither ids nor lags of other tasks of the same millisecond', async () => {
    const tasks = async (repeat: boolean): Promise<unknown[]> => {
      fixture = immFixture();
      await fixture.call('PutProject', { Project: 'demo' });
      const first = await create(token);
      if (repeat) await create(token);
      return [first.members['TaskId'], (await create()).members['TaskId']];
    };
    expect(await tasks(true)).toEqual(await tasks(false));
  });
});

describe('GetOfficeConversionTask', () => {
  const record = {
    TgtType: 'png',
    TgtUri: 'oss://bkt/out',
    SrcUri: 'oss://bkt/in/a.pptx',
    CreateTime: '2020-11-13T07:53:08.687000Z',
    NotifyEndpoint: 'http://1000000000000001.mns.cn-beijing.aliyuncs.com',
    NotifyTopicName: 'imm-events',
    ExternalID: '',
    ImageSpec: '',
  };

  it('shows a task running until the last millisecond', async () => {
    const { TaskId } = (await create()).members;
    await fixture.clock.advanceBy(3999);
    const { members } = await get(TaskId);
    expect(members).toEqual({
      ...record,
      TaskId,
      Status: 'Running',
      Percent: 0,
      PageCount: 0,
      FinishTime: '',
      FailDetail: { Code: 'NoError' },
      RequestId: members['RequestId'],
    });
  });

  it('shows a finished task', async () => {
    const { TaskId } = (await create()).members;
    await fixture.clock.advanceBy(4000);
    const { members } = await get(TaskId);
    expect(members).toEqual({
      ...record,
      TaskId,
      Status: 'Finished',
      Percent: 100,
      PageCount: 10,
      FinishTime: '2020-11-13T07:53:12.687000Z',
      FailDetail: { Code: 'NoError' },
      RequestId: members['RequestId'],
    });
  });

  it('shows a failed task', async () => {
    const { TaskId } = (await create({ SrcUri: 'oss://bkt/fail-ConvertTimeout/a.docx' })).members;
    await fixture.clock.advanceBy(4000);
    expect((await get(TaskId)).members).toMatchObject({
      Status: 'Failed',
      Percent: 0,
      PageCount: 0,
      FinishTime: '',
      FailDetail: { Code: 'ConvertTimeout' },
    });
  });

  it('gives back what was not set as empty, and the target type in lower case', async () => {
    const { TaskId } = (await create({ NotifyEndpoint: undefined, NotifyTopicName: '', TgtType: 'PNG' })).members;
    expect((await get(TaskId)).members).toMatchObject({ NotifyEndpoint: '', NotifyTopicName: '', TgtType: 'png' });
  });

  it('answers in XML, with every text as it was sent', async () => {
    const SrcUri = 'oss://bkt/a <&> "b"\r\n图.docx';
    const { TaskId } = (await create({ SrcUri })).members;
    await fixture.clock.advanceBy(4000);
    const root = readXml((await get(TaskId, { Format: 'XML' })).text);
    const members = Object.fromEntries(
      root.children.map(({ name, text, children }) => [name, children[0]?.text ?? text]),
    );
    expect(root.name).toBe('GetOfficeConversionTaskResponse');
    expect(members).toMatchObject({
      TaskId,
      SrcUri,
      Status: 'Finished',
      Percent: '100',
      PageCount: '10',
      FailDetail: 'NoError',
    });
  });

  it('has no top-level Code, which one SDK would take for an error', async () => {
    const { TaskId } = (await create({ SrcUri: 'oss://bkt/fail-ConvertTimeout/a.docx' })).members;
    await fixture.clock.advanceBy(4000);
    expect((await get(TaskId)).members).not.toHaveProperty('Code');
  });

  it.each([
    [{ TaskId: undefined }, 'MissingTaskId'],
    [{ TaskId: '' }, 'InvalidParameter.TaskId.Empty'],
    [{ TaskId: 'none' }, 'InvalidTask.NotFound'],
    [{ TaskId: '__proto__' }, 'InvalidTask.NotFound'],
    [{ Project: undefined }, 'MissingProject'],
    [{ Project: 'none' }, 'InvalidProject.NotFound'],
  ])('with %j answers %s', async (parameters, code) => {
    expect((await get('none', parameters)).members['Code']).toBe(code);
  });

  it('forgets a task seven days after its creation', async () => {
    const { TaskId } = (await create()).members;
    await fixture.clock.advanceBy(7 * 86_400_000 - 1);
    expect((await get(TaskId)).status).toBe(200);
    await fixture.clock.advanceBy(1);
    expect((await get(TaskId)).members['Code']).toBe('InvalidTask.NotFound');
  });
});

describe('ListOfficeConversionTask', () => {
  it('gives every task once, in the order of the ids, page by page', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1) ids.push(String((await create()).members['TaskId']));
    const seen: unknown[] = [];
    for (let marker: string | undefined = ''; marker !== undefined;) {
      const { members } = await fixture.call('ListOfficeConversionTask', {
        Project: 'demo',
        MaxKeys: '2',
        Marker: marker,
      });
      seen.push(members['Tasks']);
      const next = members['NextMarker'];
      marker = typeof next === 'string' ? next : undefined;
    }
    expect(seen.flat()).toMatchObject(ids.toSorted().map((TaskId) => ({ TaskId, Status: 'Running' })));
    expect(seen).toHaveLength(3);
  });

  it('shows no FailDetail', async () => {
    await create();
    const { members } = await fixture.call('ListOfficeConversionTask', { Project: 'demo' });
    expect(JSON.stringify(members)).not.toContain('FailDetail');
  });

  it('has 100 tasks on a page unless told otherwise', async () => {
    for (let index = 0; index < 101; index += 1) await create();
    const { members } = await fixture.call('ListOfficeConversionTask', { Project: 'demo' });
    expect([members['Tasks']].flat()).toHaveLength(100);
    expect(members['NextMarker']).toBeTypeOf('string');
  });

  it.each([
    [{ Project: 'none' }, 'InvalidProject.NotFound'],
    [{ MaxKeys: '0' }, 'InvalidMaxKeys'],
    [{ Project: undefined }, 'MissingProject'],
  ])('with %j answers %s', async (parameters, code) => {
    const { members } = await fixture.call('ListOfficeConversionTask', { Project: 'demo', ...parameters });
    expect(members['Code']).toBe(code);
  });
});

describe('DeleteOfficeConversionTask', () => {
  it('removes a running task, whose event never comes', async () => {
    const TaskId = String((await create()).members['TaskId']);
    const { status, members } = await fixture.call('DeleteOfficeConversionTask', { Project: 'demo', TaskId });
    expect([status, Object.keys(members)]).toEqual([200, ['RequestId']]);
    expect((await get(TaskId)).members['Code']).toBe('InvalidTask.NotFound');
    await fixture.clock.advanceBy(60_000);
    expect([fixture.published, fixture.context.journal.entries('task-ended')]).toEqual([[], []]);
  });

  it.each([
    [{ TaskId: 'none' }, 'InvalidTask.NotFound'],
    [{ TaskId: undefined }, 'MissingTaskId'],
    [{ Project: 'none', TaskId: 'none' }, 'InvalidProject.NotFound'],
  ])('with %j answers %s', async (parameters, code) => {
    const { members } = await fixture.call('DeleteOfficeConversionTask', { Project: 'demo', ...parameters });
    expect(members['Code']).toBe(code);
  });
});

describe('ConvertOfficeFormat', () => {
  const convert = (parameters: TestParameters = {}): Promise<TestReply> =>
    fixture.call('ConvertOfficeFormat', { ...CONVERSION, ...parameters });

  it('answers at once with the pages that a task would have converted, and creates none', async () => {
    const { status, members } = await convert({ StartPage: '4' });
    expect([status, members]).toEqual([200, { RequestId: expect.any(String), PageCount: 7 }]);
    await fixture.clock.advanceBy(60_000);
    expect([fixture.published, fixture.service.tasks.list()]).toEqual([[], []]);
  });

  it.each([
    [{ SrcUri: 'oss://bkt/fail-UnsupportedSrcFile/a' }, 'UnsupportedSrcFile'],
    [{ SrcUri: 'oss://bkt/slow-5001/a' }, 'ConvertTimeout'],
    [{ SrcUri: 'oss://bkt/hold/a' }, 'ConvertTimeout'],
    [{ SrcUri: 'a' }, 'InvalidParameter.SrcUri.WrongFormat'],
    [{ TgtType: undefined }, 'MissingTgtType'],
    [{ Project: 'none' }, 'InvalidProject.NotFound'],
  ])('with %j answers %s', async (parameters, code) => {
    const { status, members } = await convert(parameters);
    expect([status, members['Code']]).toEqual([400, code]);
  });

  it('may take five seconds', async () => {
    expect((await convert({ SrcUri: 'oss://bkt/slow-5000/a' })).status).toBe(200);
  });
});
