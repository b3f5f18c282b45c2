import { it as prop } from '@fast-check/vitest';
import { CloudEvent as SdkCloudEvent } from 'cloudevents';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitraryEvent, arbitraryEventText } from './arbitrary-event.js';
import { fromCloudEvent, toCloudEvent } from './cloud-event.js';
import { decodeNotification } from '../notification/decode-notification.js';
import { facesSearchingCloudEvent } from '../test-support/sample-events.js';
import { deduplicationKeyOf } from './deduplication-key.js';
import { encodeEvents } from './encode-events.js';
import type { JsonObject } from './event.js';
import { matchesPattern } from './event-pattern.js';
import { decodeEvents, knownEventNames, type AnyEvent } from './registry.js';
import { taskCatalogue } from './task-catalogue.js';
import { isTaskEvent, outcomeOf } from './task-outcome.js';

const numRuns = 15;
const anyUnknown: fc.Arbitrary<AnyEvent> = fc
  .dictionary(fc.constantFrom('id', 'source', 'type', 'specversion', 'content', 'eventName', 'x'), fc.jsonValue(), {
    noNullPrototype: true,
  })
  .map((message) => decodeEvents(JSON.stringify(message))[0])
  .filter((event) => event !== undefined);

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
const inLines = (text: string, end: string): string => base64(text).replaceAll(/.{76}/g, `$&${end}`);

/** What becomes of a text on its way through editors, shells and mail-minded encoders. */
const DRESSES: readonly (readonly [name: string, dress: (text: string) => string])[] = [
  ['nothing', (text) => text],
  ['a byte-order mark', (text) => `\uFEFF${text}`],
  ['base64', base64],
  ['base64 in lines of MIME', (text) => inLines(text, '\r\n')],
  ['base64 in lines of PEM', (text) => `${inLines(text, '\n')}\n`],
  ['base64 in indented lines', (text) => `\n  ${inLines(text, '\n  ')}\n`],
  ['base64 of a byte-order mark', (text) => base64(`\uFEFF${text}`)],
  ['base64 after a byte-order mark', (text) => `\uFEFF${base64(text)}`],
];
const dress: fc.Arbitrary<readonly [name: string, dress: (text: string) => string]> = fc.constantFrom(...DRESSES);

describe.each(knownEventNames)('%s', (name) => {
  prop.prop([arbitraryEventText(name)], { numRuns })('encodes to the bytes it was decoded from', (text) => {
    const events = decodeEvents(text);
    expect(events).toMatchObject([{ name, problems: [] }]);
    expect(encodeEvents(events)).toBe(text);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(65_536);
  });

  prop.prop([arbitraryEvent(name)], { numRuns })(
    'is the same after a way as a CloudEvent, and as its JSON',
    (event) => {
      expect(fromCloudEvent(toCloudEvent(event))).toEqual(event);
      const [forwarded] = decodeEvents(JSON.stringify(toCloudEvent(event)));
      expect(forwarded).toEqual(event);
    },
  );

  prop.prop([arbitraryEvent(name)], { numRuns })('has a key of printable ASCII and fits its patterns', (event) => {
    expect(deduplicationKeyOf(event, { messageId: 'M' })).toMatch(/^[\x21-\x7e]+$/);
    expect(matchesPattern('*', event)).toBe(true);
    expect(matchesPattern(name, event)).toBe(true);
    expect(matchesPattern('imm:*', event)).toBe(name.startsWith('imm:'));
    expect(matchesPattern('imm:Task:*', event)).toBe(name.startsWith('imm:Task:'));
    expect(matchesPattern('unknown', event)).toBe(false);
    expect(outcomeOf(event) !== undefined).toBe(isTaskEvent(event));
  });

  prop.prop([arbitraryEvent(name)], { numRuns })('is a CloudEvent that the SDK finds valid', (event) => {
    expect(isValid(event)).toBe(true);
  });

  // However it was written down on its way, it is one event: read, written, and read again.
  prop.prop([arbitraryEventText(name, { maxBytes: 8192 }), dress], { numRuns })(
    'is the same in every dress that a message may come in',
    (text, [, dressed]) => {
      const events = decodeEvents(text);
      const again = decodeEvents(decodeNotification(dressed(text)).text);
      expect(again).toEqual(events);
      expect(encodeEvents(again)).toBe(text);
      expect(decodeEvents(encodeEvents(again))).toEqual(events);
    },
  );
});

describe('an event that EventBridge sends', () => {
  const [name] = ['imm:Task:OfficeConversion'] as const;
  const fromEventBridge = arbitraryEvent(name).filter(({ form }) => form === 'cloudevents');
  const oddTime = fc.constantFrom<unknown>(
    undefined,
    '2024-08-20T15:03:08.149Asia/Shanghai',
    '2020-11-19T21:04:42.179PRC',
    '2024-08-20 15:03:08+08:00',
    '2024-08-20T15:03Z',
    '1724137388149',
    '2024-08-20T15:03:08',
    '2024-02-30T00:00:00Z',
    'soon',
    '',
    null,
    1_724_137_388_149,
    {},
  );

  prop.prop([fromEventBridge, oddTime], { numRuns: 200 })(
    'may have any time, or none, and goes on all the same',
    (given, time) => {
      const { time: _, ...rest } = given.raw as JsonObject;
      const text = JSON.stringify(time === undefined ? rest : { ...rest, time });
      const [event] = decodeEvents(text);
      if (event === undefined) throw new Error('there is an event');
      expect(event).toMatchObject({ name, data: { taskId: given.data.taskId } });
      expect(event.problems.map(({ path }) => path)).toEqual(event.occurredAt === undefined ? ['time'] : []);
      expect(encodeEvents([event])).toBe(text);
      const cloudEvent = toCloudEvent(event);
      expect(isValid(event)).toBe(true);
      expect(cloudEvent.time === undefined ? undefined : new Date(cloudEvent.time)).toEqual(event.occurredAt);
      expect(fromCloudEvent(cloudEvent)).toEqual(event);
      const [forwarded] = decodeEvents(JSON.stringify(cloudEvent));
      expect(forwarded).toEqual(event);
      expect(forwarded && encodeEvents([forwarded])).toBe(text);
    },
  );

  it('keeps its payload where receivers look for it when its time names a zone', () => {
    const sent = { ...facesSearchingCloudEvent, time: '2024-08-20T15:03:08.149Asia/Shanghai' };
    const [event] = decodeEvents(JSON.stringify(sent));
    expect(event && toCloudEvent(event)).toEqual({ ...sent, time: '2024-08-20T07:03:08.149Z', mnsbustime: sent.time });
  });

  it('goes as it came when it is as the specification has it', () => {
    const { time: _, ...timeless } = facesSearchingCloudEvent;
    for (const sent of [facesSearchingCloudEvent, timeless]) {
      const [event] = decodeEvents(JSON.stringify(sent));
      expect(event && toCloudEvent(event)).toEqual(sent);
    }
  });

  it.each<[string, object]>([
    ['an extension with capitals', { aliyunPublishTime: 'x' }],
    ['an extension that is an object', { more: {} }],
    ['an empty subject', { subject: '' }],
    ['no media type', { datacontenttype: 'json' }],
    ['a control character', { subject: 'a\u0000b' }],
    ['a source with a blank', { source: 'my app' }],
    [
      'an extension that would be taken for ours',
      { time: '2024-08-20T15:03:08PRC', mnsbustime: '2020-11-19T21:04:42PRC' },
    ],
  ])('goes in an envelope with %s', (_, odd) => {
    const text = JSON.stringify({ ...facesSearchingCloudEvent, ...odd });
    const [event] = decodeEvents(text);
    if (event === undefined) throw new Error('there is an event');
    expect(toCloudEvent(event)).toMatchObject({ mnsbusform: 'cloudevents', data: JSON.parse(text) });
    expect(isValid(event)).toBe(true);
    expect(fromCloudEvent(toCloudEvent(event))).toEqual(event);
  });
});

describe('events of no known type', () => {
  prop.prop([anyUnknown])('come back from a CloudEvent, which the SDK finds valid', (event) => {
    expect(fromCloudEvent(toCloudEvent(event))).toEqual(event);
    expect(isValid(event)).toBe(true);
  });

  it('gives those in the form of a CloudEvent, but without its attributes, an envelope', () => {
    const [event] = decodeEvents('{"specversion":"0.3","type":"x"}');
    if (event === undefined) throw new Error('there is an event');
    expect(toCloudEvent(event)).toMatchObject({ specversion: '1.0', type: 'x', mnsbusform: 'cloudevents' });
    expect(fromCloudEvent(toCloudEvent(event))).toEqual(event);
  });

  it('refuses what is no CloudEvent, and what is too deep', () => {
    expect(() => fromCloudEvent({ id: '1' })).toThrow(expect.objectContaining({ code: 'EVENT_MALFORMED' }));
    const endless: Record<string, unknown> = { id: '1', source: 's', specversion: '1.0', type: 't' };
    endless['data'] = endless;
    expect(() => fromCloudEvent(endless)).toThrow(expect.objectContaining({ code: 'EVENT_MALFORMED' }));
  });

  it('takes a wrapper without content for an event of its own', () => {
    const empty = { id: '1', source: 's', specversion: '1.0', type: 't', mnsbusform: 'imm' };
    expect(fromCloudEvent(empty)).toMatchObject({ name: 'unknown', eventName: 't', form: 'cloudevents', raw: empty });
    expect(fromCloudEvent({ ...empty, data: 5 })).toMatchObject({ name: 'unknown', form: 'cloudevents' });
  });
});

describe('taskCatalogue', () => {
  it('names known events only, and every event of a task', () => {
    const names: readonly string[] = knownEventNames;
    expect(taskCatalogue.filter(({ eventName }) => !names.includes(eventName))).toEqual([]);
    expect(taskCatalogue).toHaveLength(35);
    expect(new Set(taskCatalogue.map(({ apiVersion, action }) => `${apiVersion} ${action}`)).size).toBe(35);
  });
});

function isValid(event: AnyEvent): boolean {
  return new SdkCloudEvent(toCloudEvent(event), false).validate();
}
