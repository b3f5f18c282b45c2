import { describe, expect, it } from 'vitest';
import {
  facesSearchingCloudEvent,
  failedConversion,
  immMessage,
  ossEvent,
  sampleEvents,
} from '../test-support/sample-events.js';
import { deduplicationKeyOf } from './deduplication-key.js';
import { encodeEvents } from './encode-events.js';
import { decodeEvents } from './registry.js';

const decode = (message: unknown) => decodeEvents(JSON.stringify(message));

describe('the documented samples', () => {
  it.each(sampleEvents)('reads $name, and writes the same bytes', ({ name, text }) => {
    const events = decodeEvents(text);
    expect(events).toMatchObject([{ name }]);
    expect(encodeEvents(events)).toBe(text);
  });

  it('reads the results of a frame grab, which are JSON inside text', () => {
    const { text = '' } = sampleEvents.find(({ name }) => name === 'GrabFrameTask') ?? {};
    expect(decodeEvents(text)).toMatchObject([
      { data: { grabDurationSeconds: 1, customMessage: 'order-17', results: [{ Success: 'true' }] } },
    ]);
  });

  it('reads the snapshots of a media conversion', () => {
    const { text = '' } = sampleEvents.find(({ name }) => name === 'imm:Task:MediaConvert') ?? {};
    expect(decodeEvents(text)).toMatchObject([
      { form: 'imm', data: { targets: [{ snapshotUris: ['oss://bkt/out/a.png'], spriteUris: [] }] } },
    ]);
  });

  it('reads the error of a file, and its nanoseconds to the millisecond', () => {
    const { text = '' } = sampleEvents.find(({ name }) => name === 'imm:FileMeta:Index') ?? {};
    expect(decodeEvents(text)).toMatchObject([
      {
        form: 'bare',
        occurredAt: new Date('2023-02-05T06:07:00.904Z'),
        data: {
          success: true,
          files: [{ succeeded: false, error: { code: 'InvalidArgument', message: 'File does not exist.' } }],
        },
      },
    ]);
  });
});

describe('the four forms of one event', () => {
  const content = JSON.stringify(failedConversion);
  const type = 'imm:Task:OfficeConversion';
  const cloudEvent = { ...facesSearchingCloudEvent, type, data: failedConversion };

  it('gives the same data from a message, from its content alone, and from EventBridge', () => {
    const events = [immMessage(type, content), failedConversion, cloudEvent].flatMap(decode);
    expect(events.map(({ form }) => form)).toEqual(['imm', 'bare', 'cloudevents']);
    const [first, ...others] = events.map((event) => (event.name === type ? event.data : undefined));
    expect(first).toMatchObject({ status: 'Failed', code: 'InternalError', userData: '{"id":1}' });
    expect(others).toEqual([first, first]);
  });

  it('takes the time of a message from its envelope', () => {
    expect(decode(immMessage(type, content))).toMatchObject([{ occurredAt: new Date(1_725_966_734_900) }]);
  });

  it.each<[string, unknown, string]>([
    ['cut off at the size limit', content.slice(0, -9), 'content'],
    ['no JSON', 'hello', 'content'],
    ['a list', '[]', 'content'],
    ['too deep', `${content.slice(0, -1)},"x":${'['.repeat(100)}${']'.repeat(100)}}`, 'content'],
    ['without a task', content.replace('"TaskId"', '"taskid"'), 'content.TaskId'],
  ])('is unknown, with its name, when the content is %s', (_, broken, path) => {
    const message = { ...immMessage(type, content), content: broken };
    expect(decode(message)).toMatchObject([
      { name: 'unknown', eventName: type, source: 'acs.imm', form: 'imm', raw: message, problems: [{ path }] },
    ]);
  });

  it.each<[string, object, string, object]>([
    ['an unheard-of status', { Status: 'Canceled' }, 'Status', { status: undefined, code: 'InternalError' }],
    ['a code that is null', { Code: null }, 'Code', { status: 'Failed', code: undefined }],
    ['user data that is null', { UserData: null }, 'UserData', { userData: undefined }],
    ['an empty start', { StartTime: '' }, 'StartTime', { startedAt: undefined }],
    ['no project', { ProjectName: undefined }, 'ProjectName', { projectName: undefined }],
  ])('keeps its type with %s, in all forms', (_, change, member, data) => {
    const changed = { ...failedConversion, ...change };
    const events = [immMessage(type, JSON.stringify(changed)), changed, { ...cloudEvent, data: changed }].flatMap(
      decode,
    );
    expect(events).toMatchObject([
      { name: type, form: 'imm', data, problems: [{ path: `content.${member}` }] },
      { name: type, form: 'bare', data, problems: [{ path: member }] },
      { name: type, form: 'cloudevents', data, problems: [{ path: `data.${member}` }] },
    ]);
  });

  it.each<[string, object, readonly string[], Date | undefined]>([
    ['no subject', { subject: undefined }, ['subject'], new Date(1_725_966_734_900)],
    ['no id and no source', { id: undefined, source: 7 }, ['source', 'id'], new Date(1_725_966_734_900)],
    ['a time that is a number', { time: 1_725_966_734_900 }, [], new Date(1_725_966_734_900)],
    ['a time in RFC 3339', { time: '2024-09-10T11:12:14.9Z' }, [], new Date('2024-09-10T11:12:14.900Z')],
    ['a time that is none', { time: 'soon' }, ['time'], undefined],
    ['content that is an object', { content: failedConversion }, [], new Date(1_725_966_734_900)],
  ])('keeps its type as a message with %s', (_, change, paths, occurredAt) => {
    const [event] = decode({ ...immMessage(type, content), ...change });
    expect(event).toMatchObject({ name: type, data: { taskId: failedConversion.TaskId }, occurredAt });
    expect(event?.problems.map(({ path }) => path)).toEqual(paths);
  });

  it.each<[string, object, readonly string[], Date | undefined]>([
    ['no time', { time: undefined }, ['time'], undefined],
    ['a zone by name', { time: '2024-08-20T15:03:08.149Asia/Shanghai' }, [], new Date('2024-08-20T07:03:08.149Z')],
    ['a subject that is none', { subject: 5 }, ['subject'], new Date('2024-08-20T07:03:08Z')],
    ['another version', { specversion: '0.3' }, ['specversion'], new Date('2024-08-20T07:03:08Z')],
  ])('keeps its type from EventBridge with %s', (_, change, paths, occurredAt) => {
    const [event] = decode({ ...cloudEvent, ...change });
    expect(event).toMatchObject({ name: type, data: { taskId: failedConversion.TaskId }, occurredAt });
    expect(event?.problems.map(({ path }) => path)).toEqual(paths);
  });

  it('keeps its type alone, without its only time', () => {
    const { EndTime: _, ...timeless } = failedConversion;
    expect(decode(timeless)).toMatchObject([
      { name: type, occurredAt: undefined, data: { endedAt: undefined }, problems: [{ path: 'EndTime' }] },
    ]);
  });

  it('claims nothing of an indexing whose content was cut off', () => {
    const [event] = decode(immMessage('imm:FileMeta:Index', '{"ProjectName":"demo","Succ'));
    expect(event).toMatchObject({ name: 'imm:FileMeta:Index', problems: [{ path: 'content' }] });
    expect(
      event && 'data' in event && Object.values(Object(event.data)).filter((value) => value !== undefined),
    ).toEqual([]);
  });

  it('knows a payload that comes alone by its task, too', () => {
    expect(decode({ TaskType: 'New', TaskId: 'New-1' })).toMatchObject([{ name: 'unknown', form: 'foreign' }]);
    expect(decode({ TaskType: 'GrabFrameTask', TaskId: 'x' })).toMatchObject([{ name: 'unknown', form: 'foreign' }]);
  });

  it('gives an open event its type when its content cannot be read', () => {
    expect(decode(immMessage('imm:Engine:Tag', '{"a'))).toMatchObject([
      { name: 'imm:Engine:Tag', data: undefined, problems: [{ path: 'content' }] },
    ]);
    expect(
      decode({ events: [{ eventName: 'TagJob', eventSource: 'acs:imm', eventVersion: '1.0', imm: [] }] }),
    ).toMatchObject([{ name: 'TagJob', data: undefined, problems: [{ path: 'eventTime' }, { path: 'imm' }] }]);
  });

  it('finds the event of a clustering by the word for its task', () => {
    expect(decode({ ...failedConversion, TaskType: 'FaceClustering' })).toMatchObject([
      { name: 'imm:Task:FigureClustering', data: { taskType: 'FaceClustering' } },
    ]);
  });

  it.each([
    ['a known type from another source', { ...cloudEvent, source: 'my.app' }, type, 'cloudevents'],
    ['a known name in the form of another producer', { events: [{ eventName: type }] }, type, 'acs'],
    ['a task type that is new', { ...failedConversion, TaskType: 'New' }, 'New', 'bare'],
    ['JSON of another service', { EventType: 'FileUploadComplete' }, '', 'foreign'],
  ])('delivers %s as unknown', (_, message, eventName, form) => {
    expect(decode(message)).toMatchObject([{ name: 'unknown', eventName, form }]);
  });
});

describe('events of WebOffice', () => {
  it('come in the envelope of the legacy version, with numbers and nanoseconds', () => {
    const imm = { FileSize: 10_240, Version: 3, ModifyTime: 1_724_137_388 };
    const event = {
      eventName: 'OfficeEdit:SaveVersion',
      eventSource: 'acs:imm',
      eventTime: '2024-08-20T15:03:08.149123456+08:00',
      eventVersion: '1.0',
      imm,
    };
    expect(decode({ events: [event] })).toMatchObject([
      { name: 'OfficeEdit:SaveVersion', occurredAt: new Date('2024-08-20T07:03:08.149Z'), data: imm, problems: [] },
    ]);
  });
});

describe('OSS events', () => {
  it.each(['ObjectRestore:FinishRestore', 'ObjectModified:ChangeStorageClass', 'ObjectCreated:Mirror'])(
    'reads %s, and tells it from others by its request',
    (eventName) => {
      const [event] = decode({ events: [{ ...ossEvent, eventName }] });
      expect(event).toMatchObject({ name: eventName, data: { object: { key: 'in/a.pptx' } }, problems: [] });
      expect(event && deduplicationKeyOf(event, { messageId: 'M' })).toBe(
        `${eventName}/604A1B2C3D4E5F6071829304/in%2Fa.pptx`,
      );
    },
  );

  it('reads one that EventBridge sends', () => {
    const cloudEvent = {
      ...facesSearchingCloudEvent,
      source: 'acs.oss',
      type: 'oss:ObjectCreated:PutObject',
      data: ossEvent,
    };
    expect(decode(cloudEvent)).toMatchObject([
      { name: 'ObjectCreated:PutObject', form: 'cloudevents', data: { object: { key: 'in/a.pptx', size: 12_990 } } },
    ]);
  });

  it('finds the context where an old sample has it, inside oss', () => {
    const { region, requestParameters, responseElements, userIdentity, ...rest } = ossEvent;
    const nested = { ...rest, oss: { ...rest.oss, region, requestParameters, responseElements, userIdentity } };
    expect(decode({ events: [nested] })).toMatchObject([
      { data: { region: 'cn-beijing', requestId: '604A1B2C3D4E5F6071829304', sourceIPAddress: '203.0.113.7' } },
    ]);
  });

  const withObject = (object: object) => ({ events: [{ ...ossEvent, oss: { ...ossEvent.oss, object } }] });

  it('reads sizes that are text, and leaves out those that are none', () => {
    expect(decode(withObject({ ...ossEvent.oss.object, size: '1', deltaSize: 'all', eTag: undefined }))).toMatchObject([
      {
        data: { object: { size: 1, deltaSize: undefined, eTag: undefined } },
        problems: [{ path: 'oss.object.deltaSize' }],
      },
    ]);
  });

  it('is unknown without a key, or without a bucket', () => {
    expect(decode(withObject({ size: 1, deltaSize: 1 }))).toMatchObject([
      { name: 'unknown', eventName: 'ObjectCreated:PutObject', problems: [{ path: 'oss.object.key' }] },
    ]);
    expect(decode({ events: [{ ...ossEvent, oss: { ...ossEvent.oss, bucket: 'bkt' } }] })).toMatchObject([
      { name: 'unknown', problems: [{ path: 'oss.bucket', expected: 'expected an object' }] },
    ]);
  });
});

describe('lists', () => {
  const { text = '' } = sampleEvents.find(({ name }) => name === 'imm:FileMeta:BatchIndex') ?? {};
  const payload: { Files: unknown[] } = JSON.parse(text);

  it('are read but for the elements that do not fit, which are named by their place', () => {
    const Files = [...payload.Files, 'x', { URI: 'oss://b/k' }, { Error: '' }];
    const [event] = decode({ ...payload, Files });
    expect(event).toMatchObject({
      data: {
        files: [
          { uri: 'oss://bkt/p/1.jpg', succeeded: true, error: undefined },
          { uri: 'oss://bkt/p/none.jpg', succeeded: false, error: { code: 'InvalidArgument' } },
          { uri: 'oss://b/k', succeeded: undefined, error: undefined },
          { uri: undefined, succeeded: true, error: undefined },
        ],
      },
    });
    expect(event?.problems.map(({ path }) => path)).toEqual(['Files.2', 'Files.3.Error', 'Files.4.URI']);
  });

  it('keep their places where these mean something', () => {
    const found = { URI: 'oss://bkt/p/1.jpg', Similarity: 0.9 };
    const data = {
      ...facesSearchingCloudEvent.data,
      SimilarFaces: [{ SimilarFaces: [found] }, 5, { SimilarFaces: 'x' }, {}],
    };
    const [event] = decode({ ...facesSearchingCloudEvent, data });
    expect(event).toMatchObject({
      data: { similarFaces: [[{ uri: 'oss://bkt/p/1.jpg', similarity: 0.9 }], undefined, undefined, []] },
    });
    expect(event?.problems.map(({ path }) => path)).toEqual([
      'data.SimilarFaces.1',
      'data.SimilarFaces.2.SimilarFaces',
    ]);
  });
});

describe('encodeEvents', () => {
  const [legacy] = decodeEvents(sampleEvents[0]?.text ?? '');
  const [message] = decode(failedConversion);

  it('puts several events of a list into one message, and refuses what no one message can carry', () => {
    if (legacy === undefined || message === undefined) throw new Error('the samples have events');
    expect(decodeEvents(encodeEvents([legacy, legacy]))).toEqual([legacy, legacy]);
    for (const events of [[], [message, message], [legacy, message]]) {
      expect(() => encodeEvents(events)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
    }
  });

  it('keeps a number that JSON can spell in several ways in its shortest spelling', () => {
    expect(encodeEvents(decodeEvents('{"a":9e16,"b":1.0}'))).toBe('{"a":90000000000000000,"b":1}');
  });
});
