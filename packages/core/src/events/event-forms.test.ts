import { describe, expect, it } from 'vitest';
import {
  facesSearchingCloudEvent,
  failedConversion,
  immMessage,
  ossEvent,
  sampleEvents,
} from '../test-support/sample-events.js';
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
        data: { success: true, files: [{ error: { code: 'InvalidArgument', message: 'File does not exist.' } }] },
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

  it.each([
    ['cut off at the size limit', content.slice(0, -9), 'content'],
    ['no JSON', 'hello', 'content'],
    ['a list', '[]', 'content'],
    ['of an unheard-of status', content.replace('Failed', 'Lost'), 'content.Status'],
  ])('refuses content that is %s, and names the field', (_, broken, path) => {
    expect(() => decode(immMessage(type, broken))).toThrow(
      expect.objectContaining({ code: 'EVENT_SHAPE_INVALID', message: expect.stringContaining(`${path}: `) }),
    );
  });

  it('refuses a content that comes alone without its only time', () => {
    const { EndTime: _, ...timeless } = failedConversion;
    expect(() => decode(timeless)).toThrow(expect.objectContaining({ code: 'EVENT_SHAPE_INVALID' }));
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

describe('OSS events', () => {
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

  it('refuses sizes that are text', () => {
    const object = { ...ossEvent.oss.object, size: '1' };
    expect(() => decode({ events: [{ ...ossEvent, oss: { ...ossEvent.oss, object } }] })).toThrow('oss.object.size');
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
