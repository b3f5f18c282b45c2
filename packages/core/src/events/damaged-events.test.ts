import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { sampleEvents } from '../test-support/sample-events.js';
import { arbitraryEventText } from './arbitrary-event.js';
import { encodeEvents } from './encode-events.js';
import { isJsonObject } from './json-object.js';
import { decodeEvents, knownEventNames, type AnyEvent } from './registry.js';

/** The same JSON with the members of every object the other way round. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, member]) => [name, reversed(member)]),
  );
}

const dataOf = (event: AnyEvent | undefined): unknown =>
  event === undefined || event.name === 'unknown' ? undefined : event.data;

/** What an event means; `undefined` for a text that is refused, which it has to be with a code of its own. */
function read(text: string): readonly AnyEvent[] | undefined {
  try {
    return decodeEvents(text);
  } catch (error) {
    expect(error).toMatchObject({ code: 'EVENT_MALFORMED' });
    return undefined;
  }
}

describe.each(knownEventNames)('%s', (name) => {
  it.prop([arbitraryEventText(name, { maxBytes: 4096 })], { numRuns: 5 })(
    'means the same with its members in another order',
    (text) => {
      const [event] = decodeEvents(text);
      const [other] = decodeEvents(JSON.stringify(reversed(JSON.parse(text))));
      expect([other?.name, dataOf(other)]).toEqual([name, dataOf(event)]);
    },
  );

  it.prop([arbitraryEventText(name, { maxBytes: 4096 }), fc.nat()], { numRuns: 5 })(
    'cut short is refused, never read as something else',
    (text, at) => {
      expect(read(text.slice(0, at % text.length))).toBeUndefined();
    },
  );
});

describe('the samples', () => {
  it.each(sampleEvents)('of $name with a member more mean the same, and keep it', ({ text }) => {
    const [event] = decodeEvents(text);
    const longer = text.replace(/\}(?=\]\}$|$)/, ',"Brandnew":{"x":1}}');
    const [other] = decodeEvents(longer);
    expect([other?.name, dataOf(other)]).toEqual([event?.name, dataOf(event)]);
    expect(encodeEvents(other === undefined ? [] : [other])).toBe(longer);
  });

  it.each(sampleEvents)('of $name with a very long text in them are read whole', ({ text }) => {
    const long = 'ä'.repeat(100_000);
    const [event] = decodeEvents(text.replace(/\}(?=\]\}$|$)/, `,"Brandnew":"${long}"}`));
    expect(JSON.stringify(event?.raw)).toContain(long);
  });
});

describe('any JSON', () => {
  it.prop([fc.json()], { numRuns: 500 })('is read, or refused with a code', (text) => {
    const events = read(text);
    expect(events === undefined || events.length > 0).toBe(true);
  });
});
