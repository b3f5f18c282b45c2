import { it as prop } from '@fast-check/vitest';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ossEvent, sampleEvents } from '../test-support/sample-events.js';
import { toCloudEvent } from './cloud-event.js';
import { createEventRegistry } from './create-registry.js';
import { defineEvent } from './custom-event.js';
import { deduplicationKeyOf } from './deduplication-key.js';
import { decodeEvents } from './registry.js';

const order = defineEvent({
  name: 'shop:Order',
  schema: z.object({ id: z.unknown().optional() }),
  // The type says text; what comes may be anything.
  key: ({ id }) => {
    if (id === undefined) throw new Error('no id');
    return id as string;
  },
});
const { decode } = createEventRegistry({ events: [order] });
const keys = (text: string, messageId = 'M'): string[] =>
  decode(text).map((event, index) => deduplicationKeyOf(event, { messageId, index }));
const immMessage = (id: unknown): string =>
  JSON.stringify({ id, source: 'acs.imm', type: 'imm:Engine:Tag', subject: '', time: '1', content: '{}' });
const sample = (name: string): string => sampleEvents.find((one) => one.name === name)?.text ?? '';

describe('deduplicationKeyOf', () => {
  it('is the producer’s id, else name and task, else what OSS tells of the request, else the key of the type', () => {
    expect(keys(immMessage('25E-x'))).toEqual(['25E-x']);
    expect(keys(sample('GroupFacesJob'))).toEqual(['GroupFacesJob/GroupFacesJob-4c5d6e7f-8091-42a3-b4c5-d6e7f8091a2b']);
    const imm = { ErrorCode: '', JobId: 'TagJob-1/2' };
    expect(keys(JSON.stringify({ events: [{ eventName: 'GroupFacesJob', imm }] }))).toEqual([
      'GroupFacesJob/TagJob-1%2F2',
    ]);
    expect(keys(JSON.stringify({ events: [ossEvent] }))).toEqual([
      'ObjectCreated:PutObject/604A1B2C3D4E5F6071829304/in%2Fa.pptx',
    ]);
    expect(keys('{"type":"shop:Order","id":"7"}')).toEqual(['shop:Order/7']);
  });

  const withoutId = [
    '{"anything":1}',
    immMessage(''),
    immMessage(7),
    JSON.stringify({ events: [{ ...ossEvent, responseElements: undefined }] }),
    JSON.stringify({ events: [{ ...ossEvent, responseElements: { requestId: '' } }] }),
    '{"events":[null]}',
    '{"type":"shop:Order"}',
    '{"type":"shop:Order","id":""}',
    '{"type":"shop:Order","id":["7"]}',
  ];

  it.each(withoutId)('is that of the message for %s, which has none of its own', (text) => {
    expect(keys(text)).toEqual(['message/M/0']);
    expect(keys(text)).toEqual(keys(text, 'M'));
    expect(keys(text)).not.toEqual(keys(text, 'N'));
  });

  it('tells equal events of one message apart', () => {
    const text = '{"events":[{"eventName":"cache:Flush"},{"eventName":"cache:Flush"}]}';
    expect(keys(text)).toEqual(['message/M/0', 'message/M/1']);
  });

  it('names a key that is none, or that its type failed to give', () => {
    const problemsOf = (text: string) => decode(text)[0]?.problems;
    const expected = 'expected text that is not empty from key of its definition';
    expect(problemsOf('{"type":"shop:Order"}')).toEqual([{ path: 'key', expected, received: 'the error "no id"' }]);
    expect(problemsOf('{"type":"shop:Order","id":5}')).toEqual([{ path: 'key', expected, received: 'the number 5' }]);
    expect(problemsOf('{"type":"shop:Order","id":"5"}')).toEqual([]);
  });

  it('is no affair of a CloudEvent around an event without one: that has the MD5 of what was sent', () => {
    const [one, same, other] = ['{"a":1}', '{"a":1}', '{"a":2}']
      .flatMap(decodeEvents)
      .map((event) => toCloudEvent(event).id);
    expect(one).toMatch(/^unknown\/[0-9A-F]{32}$/);
    expect(one).toBe(same);
    expect(one).not.toBe(other);
  });

  prop.prop([fc.string({ unit: 'binary', minLength: 1 }), fc.string({ unit: 'binary', minLength: 1 })])(
    'differs for different ids, lone surrogates included',
    (one, other) => {
      fc.pre(one !== other);
      expect(keys(immMessage(one))).not.toEqual(keys(immMessage(other)));
      const places = [
        { messageId: one, index: 0 },
        { messageId: one, index: 1 },
        { messageId: other, index: 0 },
      ];
      const [event] = decodeEvents('{}');
      if (event === undefined) throw new Error('there is an event');
      const ofMessages = places.map((place) => deduplicationKeyOf(event, place));
      expect(new Set(ofMessages).size).toBe(3);
      expect(ofMessages.join('')).toMatch(/^[\x21-\x7e]+$/);
    },
  );
});
