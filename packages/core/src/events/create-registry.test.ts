import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { toCloudEvent } from './cloud-event.js';
import { createEventRegistry } from './create-registry.js';
import { defineEvent } from './custom-event.js';
import { knownEventNames } from './registry.js';

const order = defineEvent({ name: 'shop:Order:Paid', schema: z.object({ cents: z.string().transform(Number) }) });
const video = defineEvent({
  name: 'vod:Upload',
  schema: v.object({ EventType: v.literal('FileUploadComplete'), EventTime: v.string() }),
  matches: (raw) => raw['EventType'] === 'FileUploadComplete',
  occurredAt: (data) => new Date(data.EventTime),
});
const registry = createEventRegistry({ events: [order, video] });
const decode = (message: unknown) => registry.decode(JSON.stringify(message));
const upload = { EventType: 'FileUploadComplete', EventTime: '2026-01-01T00:00:00Z' };

describe('createEventRegistry', () => {
  it.each([
    ['acs', { events: [{ eventName: 'shop:Order:Paid', cents: '5' }] }],
    ['imm', { type: 'shop:Order:Paid', content: '{"cents":"5"}' }],
    ['imm', { type: 'shop:Order:Paid', content: { cents: '5' } }],
    ['cloudevents', { id: '1', source: 's', specversion: '1.0', type: 'shop:Order:Paid', data: { cents: '5' } }],
    ['foreign', { type: 'shop:Order:Paid', cents: '5' }],
  ])('reads an event of one’s own in the form %s, with zod', (form, message) => {
    expect(decode(message)).toMatchObject([{ name: 'shop:Order:Paid', form, data: { cents: 5 } }]);
  });

  it('reads JSON of another shape, with valibot, and takes the time from it', () => {
    expect(decode(upload)).toEqual([
      {
        name: 'vod:Upload',
        source: '',
        occurredAt: new Date('2026-01-01T00:00:00Z'),
        data: upload,
        key: undefined,
        form: 'foreign',
        raw: upload,
        problems: [],
      },
    ]);
  });

  it('still reads the built-in events, and leaves the rest unknown', () => {
    expect(registry.names).toEqual([...knownEventNames, 'shop:Order:Paid', 'vod:Upload']);
    expect(decode({ EventType: 'Other' })).toMatchObject([{ name: 'unknown' }]);
  });

  it('brings an event of one’s own through a CloudEvent', () => {
    const [event] = decode(upload);
    if (event === undefined) throw new Error('there is an event');
    expect(registry.fromCloudEvent({ ...toCloudEvent(event) })).toEqual(event);
    expect(registry.matches('vod:*', event)).toBe(true);
    expect(registry.matches('shop:Order:*', event)).toBe(false);
  });

  it.each([
    [{ events: [{ eventName: 'shop:Order:Paid', cents: 5 }] }, 'shop:Order:Paid', 'cents'],
    [{ ...upload, EventTime: 5 }, 'vod:Upload', 'EventTime'],
    [{ type: 'shop:Order:Paid', content: '{"cents"' }, 'shop:Order:Paid', 'content'],
    [{ type: 'shop:Order:Paid', content: `{"a":${'['.repeat(200)}` }, 'shop:Order:Paid', 'content'],
  ])('delivers %j as unknown, under its name, and names what its schema refused', (message, eventName, path) => {
    expect(decode(message)).toMatchObject([{ name: 'unknown', eventName, problems: [{ path }] }]);
  });
  it.each(['', 'unknown', '*', 'shop:*', 'GrabFrameTask', 'imm:Task:Highlight', 'shop:Order:Paid'])(
    'refuses the name "%s"',
    (name) => {
      const again = defineEvent({ name, schema: z.unknown() });
      expect(() => createEventRegistry({ events: [order, again] })).toThrow(
        expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
      );
    },
  );
});
