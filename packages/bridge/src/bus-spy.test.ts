import { VirtualClock } from '@mnsbus/core';
import { emulatorFixtures, spyOn, type BusSpy, type EmulatorFixtures } from '@mnsbus/emulator/testing';
import { describe, expect, onTestFinished, test as base } from 'vitest';
import { createBridge, type Bridge } from './bridge.js';
import { createProvisioner } from './provision/provisioner.js';
import { callerOf, transportOf } from './test-support/mounts.js';
import { QUEUE, TOPIC, eventText, publish, send } from './test-support/resources.js';
import { CONVERTED } from './test-support/room.js';

const test = base.extend(emulatorFixtures());

type Given = Pick<EmulatorFixtures, 'connection' | 'until'>;

/** A bus on a queue that a topic delivers to, a spy on it, and a client that publishes. */
async function spiedBus({ connection, until }: Given): Promise<{ bus: Bridge; spy: BusSpy; client: Client }> {
  const provisioner = createProvisioner(connection);
  await until(
    provisioner.ensure({ topic: { name: TOPIC }, queue: { name: QUEUE }, subscription: { name: 'to-queue' } }),
  );
  provisioner.close();
  const bus = createBridge({ ...connection, queueName: QUEUE });
  // Whoever listens to the statuses is not warned of what these tests do on purpose.
  bus.status(() => {});
  const spy = spyOn(bus);
  onTestFinished(() => spy.close());
  return { bus, spy, client: clientOf(connection) };
}

type Client = Parameters<typeof publish>[0];

function clientOf({ mns, clock, transport }: Given['connection']): Client {
  return { mns: callerOf(transportOf(mns, clock, transport)) };
}

describe('a spy', () => {
  test('tells when an event has been handled, and of one that has been already', async ({ connection, until }) => {
    const { bus, spy, client } = await spiedBus({ connection, until });
    bus.on(CONVERTED, () => {});
    await until(bus.start());
    await publish(client, eventText('t1'));
    await publish(client, eventText('t2'));
    const second = await until(spy.handled({ taskId: 't2' }));
    expect(second).toMatchObject({ verdict: 'ack', destination: QUEUE, event: { data: { taskId: 't2' } } });
    for (const match of [CONVERTED, 'FormatConvertJob:*', { taskId: 't1', name: CONVERTED }] as const) {
      expect(await spy.handled(match)).toMatchObject({ event: { data: { taskId: 't1' } } });
    }
    expect(await spy.handled((event) => event.name === CONVERTED)).toBe(spy.events[0]);
    expect(spy.events).toHaveLength(2);
    await until(bus.close());
  });

  test('tells of a failure, and of the success after it', async ({ connection, until }) => {
    const { bus, spy, client } = await spiedBus({ connection, until });
    let calls = 0;
    bus.on(CONVERTED, () => {
      calls += 1;
      if (calls < 3) throw new Error('not yet');
    });
    await until(bus.start());
    await publish(client, eventText('t1'));
    expect((await until(spy.failed({ taskId: 't1' }))).verdict).toBe('retry');
    await until(spy.handled({ taskId: 't1' }));
    expect((await spy.settled({ taskId: 't1' }, 3)).map(({ verdict }) => verdict)).toEqual(['retry', 'retry', 'ack']);
    await until(bus.close());
  });

  test('is no listener: what nobody handles is released, under whatever name', async ({ connection, until }) => {
    const { bus, spy, client } = await spiedBus({ connection, until });
    await until(bus.start());
    await publish(client, eventText('t1', { eventName: 'brand:New' }));
    const [released] = await until(spy.settled('unknown'));
    expect(released).toMatchObject({ verdict: 'release', event: { name: 'unknown', eventName: 'brand:New' } });
    await until(bus.close());
  });

  test('keeps out of other buses, and stops when it is closed', async ({ connection, until }) => {
    const { bus, spy, client } = await spiedBus({ connection, until });
    const provisioner = createProvisioner(connection);
    await until(provisioner.ensure({ queue: { name: 'other' } }));
    provisioner.close();
    const other = createBridge({ ...connection, seed: 'other', queueName: 'other' });
    using otherSpy = spyOn(other);
    for (const one of [bus, other]) one.on(CONVERTED, () => {});
    await until(Promise.all([bus.start(), other.start()]));
    await send(client, eventText('t1'), 'other');
    await until(otherSpy.handled({ taskId: 't1' }));
    expect(spy.events).toEqual([]);
    otherSpy.close();
    await send(client, eventText('t2'), 'other');
    await publish(client, eventText('t3'));
    await until(spy.handled({ taskId: 't3' }));
    await until(Promise.all([bus.close(), other.close()]));
    expect(otherSpy.events).toHaveLength(1);
  });

  test('waits in virtual time, and says that what never comes does not', async ({ clock, connection, until }) => {
    const { spy } = await spiedBus({ connection, until });
    expect(clock).toBeInstanceOf(VirtualClock);
    await expect(until(spy.handled({ taskId: 'nobody' }))).rejects.toMatchObject({ code: 'WAIT_TIMEOUT' });
  });
});
