import { it as prop } from '@fast-check/vitest';
import { CloudEvent as SdkCloudEvent } from 'cloudevents';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitraryEvent, arbitraryEventText } from './arbitrary-event.js';
import { fromCloudEvent, toCloudEvent } from './cloud-event.js';
import { deduplicationKeyOf } from './deduplication-key.js';
import { encodeEvents } from './encode-events.js';
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
    if (event.form !== 'cloudevents') expect(isValid(event)).toBe(true);
  });
});

describe('events of no known type', () => {
  prop.prop([anyUnknown])('come back from a CloudEvent, which the SDK finds valid', (event) => {
    expect(fromCloudEvent(toCloudEvent(event))).toEqual(event);
    if (event.form !== 'cloudevents') expect(isValid(event)).toBe(true);
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
