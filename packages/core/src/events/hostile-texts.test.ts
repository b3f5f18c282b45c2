import { it as prop } from '@fast-check/vitest';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { MnsbusError } from '../errors.js';
import { decodeNotification } from '../notification/decode-notification.js';
import { failedConversion, immMessage, sampleEvents } from '../test-support/sample-events.js';
import { toCloudEvent } from './cloud-event.js';
import { createEventRegistry } from './create-registry.js';
import { defineEvent } from './custom-event.js';
import { deduplicationKeyOf } from './deduplication-key.js';
import { encodeEvents } from './encode-events.js';
import { decodeEvents, type AnyEvent } from './registry.js';
import { taskIdOf } from './task-id.js';
import { outcomeOf } from './task-outcome.js';

const own = defineEvent({ name: 'own', schema: z.looseObject({}), matches: () => true, key: ({ a }) => String(a) });
const registry = createEventRegistry({ events: [own] });

/** Does with a message all that is done with messages; the events, or the code of the error it ended in. */
function digest(body: string): readonly AnyEvent[] | string {
  try {
    const { text } = decodeNotification(body);
    const events = decodeEvents(text);
    for (const event of [...events, ...registry.decode(text)]) {
      JSON.stringify(event);
      outcomeOf(event);
      taskIdOf(event);
      deduplicationKeyOf(event, { messageId: 'M' });
      JSON.stringify(toCloudEvent(event));
      encodeEvents([event]);
    }
    return events;
  } catch (error) {
    if (error instanceof MnsbusError) return error.code;
    throw error;
  }
}

const deep = (levels: number): string => `${'{"a":['.repeat(levels / 2)}${']}'.repeat(levels / 2)}`;
const envelope = (message: string): string =>
  `{"TopicOwner":"1","TopicName":"t","Subscriber":"1","SubscriptionName":"s","MessageId":"M","MessageMD5":"","PublishTime":"1","Message":${message}}`;
const type = 'imm:Task:OfficeConversion';
const content = JSON.stringify(failedConversion);

describe('what is in a message', () => {
  it.each([1000, 6000, 30_000, 60_000, 2_000_000])('of %d levels ends in a typed error', (levels) => {
    expect(digest(deep(levels))).toBe('EVENT_MALFORMED');
    expect(digest(`{"events":[${deep(levels)}]}`)).toBe('EVENT_MALFORMED');
    expect(digest(`{"specversion":"1.0","id":"1","source":"s","type":"own","data":${deep(levels)}}`)).toBe(
      'EVENT_MALFORMED',
    );
    expect(digest(envelope(deep(levels)))).toBe('NOTIFICATION_MALFORMED');
    expect(digest('<Notification>'.repeat(levels))).toBe('NOTIFICATION_MALFORMED');
    expect(digest('['.repeat(levels))).toBe('EVENT_MALFORMED');
  });

  it.each([1000, 60_000])('of %d levels inside a text ends in an event that says so', (levels) => {
    expect(digest(JSON.stringify(immMessage(type, deep(levels))))).toMatchObject([
      { name: 'unknown', eventName: type, problems: [{ path: 'content' }] },
    ]);
    const imm = { ErrorCode: '', JobId: 'j', Results: deep(levels) };
    expect(digest(JSON.stringify({ events: [{ eventName: 'VideoAnalyseTask', imm }] }))).toMatchObject([
      { name: 'VideoAnalyseTask', data: { taskId: 'j', results: undefined } },
    ]);
  });

  it.each([
    ['numbers beyond every precision', '{"a":9007199254740993,"b":1e400,"c":-0,"d":1e-400}'],
    ['repeated members', '{"type":"a","type":"own","a":1,"a":2}'],
    ['lone surrogates', String.raw`{"type":"\ud800","eventName":"\udfff","a":"\ud83d"}`],
    ['a byte-order mark', '\uFEFF{"type":"own"}'],
    ['names of every object', '{"type":"constructor","eventName":"toString","hasOwnProperty":1,"constructor":{}}'],
    ['many events', `{"events":[${'{},'.repeat(20_000)}5]}`],
    [
      'long texts',
      `{"type":"${'a:'.repeat(200_000)}","source":"${'.:'.repeat(200_000)}","time":"${'0'.repeat(400_000)}"}`,
    ],
    ['a time far away', '{"type":"own","time":"99999999999999","eventTime":"+275760-09-13T00:00:00Z"}'],
  ])('with %s is an event', (_, text) => {
    expect(digest(text)).toBeInstanceOf(Array);
  });

  it('never reaches a prototype', () => {
    const polluted = '"__proto__":{"polluted":true,"TaskId":"x","events":[]}';
    const texts = [
      `{${polluted},"type":"own"}`,
      `{"events":[{${polluted},"eventName":"VideoAnalyseTask","imm":{${polluted}}}]}`,
      `{"eventName":"ObjectCreated:PutObject","xVars":{${polluted},"__proto__":"x"}}`,
      JSON.stringify(immMessage(type, content.replace('{', `{${polluted},`))),
      envelope(`{${polluted}}`).replace('{', `{${polluted},`),
    ];
    for (const text of texts) {
      const events = digest(text);
      if (typeof events !== 'string') for (const event of events) expect(event.raw).not.toHaveProperty('polluted');
    }
    expect({}).not.toHaveProperty('polluted');
    expect(decodeEvents(texts[1] ?? '')).toMatchObject([{ name: 'unknown', eventName: 'VideoAnalyseTask' }]);
  });

  const hostile = fc.oneof(
    fc.constantFrom('9007199254740993', '1e400', '-1e400', '-0', 'null', '""', '[]', '{}', '"\\ud800"', deep(50)),
    fc.json({ maxDepth: 2 }),
  );

  prop.prop([
    fc.constantFrom(...sampleEvents.map(({ text }) => text)),
    fc.array(fc.tuple(fc.nat(), hostile), { maxLength: 5 }),
  ])('ends in events or a typed error, whatever stands for its values', (text, changes) => {
    const body = changes.reduce((sent, [at, value]) => {
      let place = -1;
      const marked = JSON.stringify(JSON.parse(sent), (_, member: unknown) => {
        place += 1;
        return place === (at % 40) + 1 ? '@' : member;
      });
      return marked.replace('"@"', () => value);
    }, text);
    expect(digest(body)).toBeInstanceOf(Array);
  });

  prop.prop([fc.string({ unit: 'binary' }), fc.constantFrom('', '\uFEFF', ' \r\n')])(
    'ends in events or a typed error, whatever it is',
    (text, before) => {
      expect(['EVENT_MALFORMED', expect.any(Array)]).toContainEqual(digest(before + text));
    },
  );
});
