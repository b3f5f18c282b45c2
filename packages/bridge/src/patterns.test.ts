import { defineEvent } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createBridge } from './bridge.js';
import { QUEUE, countMessages, eventText, publish } from './test-support/resources.js';
import { CONVERTED, room, typesIn } from './test-support/room.js';

/** A message of IMM 2020-09-30. */
const current = (type: string, content: object): string =>
  JSON.stringify({
    id: '25E-3aZkQm7TtWb0cYx9LrPq2NdVsHu',
    source: 'acs.imm',
    type,
    subject: `acs:imm:cn-beijing:1000000000000001:demo/${type}`,
    time: '1725966734900',
    content: JSON.stringify(content),
  });

const spliced = current('imm:Task:ImageSplicing', {
  ProjectName: 'demo',
  DatasetName: '',
  StartTime: '2024-05-02T08:00:10.278Z',
  EndTime: '2024-05-02T08:00:14.808Z',
  UserData: '',
  TaskType: 'ImageSplicing',
  TaskId: 'ImageSplicing-3f2504e0-4f89-41d3-9a0c-0305e82c3301',
  Status: 'Succeeded',
  Code: '',
  Message: '',
});

describe('patterns', () => {
  it('bring every event that fits to every listener that fits, the exact ones first', async () => {
    const made = await room();
    const { bus, clock, until } = made;
    const seen: string[] = [];
    bus.on('*', ({ name }) => void seen.push(`* ${name}`));
    bus.on('imm:*', ({ name }) => void seen.push(`imm:* ${name}`));
    bus.on('imm:Task:*', ({ name }) => void seen.push(`imm:Task:* ${name}`));
    bus.on('imm:Task:ImageSplicing', ({ data }) => void seen.push(`exact ${data.taskType}`));
    bus.on('FormatConvertJob:*', ({ data }) => void seen.push(`FormatConvertJob:* ${data.taskId}`));
    bus.on('imm:FileMeta:*', () => void seen.push('never'));
    await until(bus.start());
    await until(publish(made, spliced));
    await clock.advanceBy(1000);
    expect(seen.splice(0)).toEqual([
      'exact ImageSplicing',
      'imm:Task:* imm:Task:ImageSplicing',
      'imm:* imm:Task:ImageSplicing',
      '* imm:Task:ImageSplicing',
    ]);
    await until(publish(made, eventText('t1')));
    await clock.advanceBy(1000);
    expect(seen).toEqual(['FormatConvertJob:* t1', `* ${CONVERTED}`]);
    expect(await until(countMessages(made))).toEqual({ active: 0, inactive: 0 });
    await until(bus.close());
  });

  it('count as listening: a message that only a pattern fits is deleted, one that none fits is kept', async () => {
    const made = await room();
    const { bus, statuses, clock, until } = made;
    bus.on('imm:Task:*', () => {});
    await until(bus.start());
    await until(publish(made, spliced));
    await until(publish(made, eventText('t1')));
    await clock.advanceBy(1000);
    expect(typesIn(statuses)).toContain('unhandled');
    const { active, inactive } = await until(countMessages(made));
    expect(active + inactive).toBe(1);
    await until(bus.close());
  });

  it('do not take in names without a type, except "*"', async () => {
    const made = await room();
    const { bus, clock, until } = made;
    const seen: string[] = [];
    bus.on('imm:*', () => void seen.push('imm:*'));
    bus.on('*', (event) => void seen.push(event.name === 'unknown' ? event.eventName : event.name));
    await until(bus.start());
    await until(publish(made, current('imm:Task:Brandnew', {})));
    await clock.advanceBy(1000);
    expect(seen).toEqual(['imm:Task:Brandnew']);
    await until(bus.close());
  });

  it('work for once, off and waitFor', async () => {
    const made = await room();
    const { bus, clock, until } = made;
    let calls = 0;
    const never = (): never => {
      throw new Error('must not be called');
    };
    bus.once('FormatConvertJob:*', () => void (calls += 1));
    bus.on('FormatConvertJob:*', never).off('FormatConvertJob:*', never);
    await until(bus.start());
    const first = bus.waitFor('FormatConvertJob:*');
    await until(publish(made, eventText('t1')));
    expect((await until(first)).data.taskId).toBe('t1');
    await clock.advanceBy(1000);
    const second = bus.waitFor('*');
    await until(publish(made, eventText('t2')));
    expect((await until(second)).name).toBe(CONVERTED);
    expect(calls).toBe(1);
    await until(bus.close());
  });

  it('are registered together as a map, or not at all', async () => {
    const made = await room();
    const { bus, clock, until } = made;
    const seen: string[] = [];
    bus.on({
      [CONVERTED]: ({ data }) => void seen.push(data.taskId),
      'imm:Task:*': ({ name }) => void seen.push(name),
    });
    const broken: object = { unknown: () => void seen.push('registered'), 'imm:Task:*': 'no function' };
    expect(() => bus.on(broken)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
    await until(bus.start());
    for (const text of [eventText('t1'), spliced]) await until(publish(made, text));
    await clock.advanceBy(1000);
    expect(seen.toSorted()).toEqual(['imm:Task:ImageSplicing', 't1']);
    await until(bus.close());
  });
});

describe('event types of the app’s own', () => {
  const shipped = defineEvent({
    name: 'order:Shipped',
    schema: z.object({ orderId: z.string() }),
    matches: (raw) => raw['kind'] === 'shipped',
  });

  /** A room with another bus, which knows the type. */
  const ownRoom = async () => {
    const made = await room();
    const { connection: mns, clock, emulator } = made;
    const options = { mns, queueName: QUEUE, clock, seed: 'own', transport: emulator.handle };
    return { ...made, own: createBridge({ ...options, events: [shipped] }) };
  };

  it('are listened to and waited for like the built-in ones, in every form', async () => {
    const made = await ownRoom();
    const { own: bus, clock, until } = made;
    const seen: string[] = [];
    bus.on('order:*', ({ form, data }) => void seen.push(`${form} ${data.orderId}`));
    await until(bus.start());
    const waited = bus.waitFor((event) => event.name === 'order:Shipped' && event.data.orderId === 'b');
    await until(publish(made, JSON.stringify({ events: [{ eventName: 'order:Shipped', orderId: 'a' }] })));
    await until(publish(made, JSON.stringify({ kind: 'shipped', orderId: 'b' })));
    expect((await until(waited)).name).toBe('order:Shipped');
    await clock.advanceBy(1000);
    expect(seen.toSorted()).toEqual(['acs a', 'foreign b']);
    expect(await until(countMessages(made))).toEqual({ active: 0, inactive: 0 });
    await until(bus.close());
  });

  it('of the wrong shape come as unknown, and say what their schema refused', async () => {
    const made = await ownRoom();
    const { own: bus, clock, until } = made;
    const seen: unknown[] = [];
    bus.on('order:*', ({ name }) => void seen.push(name));
    bus.on('unknown', ({ eventName, problems }) => void seen.push([eventName, problems.map(({ path }) => path)]));
    await until(bus.start());
    await until(publish(made, JSON.stringify({ kind: 'shipped', orderId: 7 })));
    await clock.advanceBy(5000);
    expect(seen).toEqual([['order:Shipped', ['orderId']]]);
    expect(await until(countMessages(made))).toEqual({ active: 0, inactive: 0 });
    await until(bus.close());
  });

  it('with a name that is taken are refused', () => {
    const taken = defineEvent({ name: CONVERTED, schema: z.object({}) });
    const connection = { accountId: '1', accessKeyId: 'a', accessKeySecret: 's', region: 'cn-beijing' };
    expect(() => createBridge({ mns: connection, queueName: QUEUE, events: [taken] })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });
});
