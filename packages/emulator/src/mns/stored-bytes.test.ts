import { fc, it as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { createEmulator } from '../emulator.js';
import { emulatorWorld, textIn, type EmulatorWorld } from '../test-support/emulator-world.js';
import { MIN_STORED_BYTES } from './mns-options.js';
import { messageXml } from './test-support/mns-fixture.js';

const BODY = 'x'.repeat(60_000);
const QUEUES = [{ name: 'a' }, { name: 'b' }];

function world(): EmulatorWorld {
  return emulatorWorld({
    mns: { maxStoredBytes: MIN_STORED_BYTES },
    resources: { queues: QUEUES, topics: [{ name: 't', subscriptions: [{ name: 's', queue: 'b' }] }] },
  });
}

const send = (to: EmulatorWorld, queueName: string, body = BODY): Promise<string> =>
  to.call('POST', `/queues/${queueName}/messages`, messageXml(body));

/** Sends until there is no more room; gives how many messages there were. */
async function fill(to: EmulatorWorld, queueName: string): Promise<number> {
  for (let sent = 0; ; sent += 1) {
    if ((await send(to, queueName)).includes('<Code>TooManyRequests</Code>')) return sent;
  }
}

describe('messages that nobody deletes', () => {
  it('are refused when they take all the room of every queue and region, and taken again when there is some', async () => {
    const filled = world();
    const count = await fill(filled, 'a');
    expect(count).toBe(Math.floor(MIN_STORED_BYTES / (BODY.length + 600)));
    expect(await send(filled, 'b')).toContain('<Code>TooManyRequests</Code>');
    const batch = `<Messages>${messageXml(BODY)}</Messages>`;
    expect((await filled.reply('POST', '/queues/b/messages', batch)).status).toBe(429);
    const elsewhere = '1000000000000001.mns.cn-beijing.aliyuncs.com';
    await filled.reply('PUT', '/queues/far', '', elsewhere);
    expect((await filled.reply('POST', '/queues/far/messages', messageXml(BODY), elsewhere)).status).toBe(429);
    expect(filled.emulator.hints()).toMatchObject([
      { code: 'store-full', message: expect.stringContaining('queue a') },
    ]);
    const received = await filled.call('GET', '/queues/a/messages');
    await filled.call('DELETE', `/queues/a/messages?ReceiptHandle=${textIn(received, 'ReceiptHandle')}`);
    expect(await send(filled, 'b')).toContain('<MessageId>');
  });

  it('take no room once their queue is gone, or their time', async () => {
    const gone = world();
    await fill(gone, 'a');
    await gone.call('DELETE', '/queues/a');
    const count = await fill(gone, 'b');
    expect(count).toBeGreaterThan(10);
    await gone.clock.advanceBy(5 * 86_400_000);
    expect(await fill(gone, 'b')).toBe(count);
    gone.emulator.reset();
    await gone.call('PUT', '/queues/a');
    expect(await fill(gone, 'a')).toBe(count);
  });

  it('wait at their topic, whose subscription tries again', async () => {
    const full = world();
    await fill(full, 'a');
    await full.call('POST', '/topics/t/messages', messageXml(BODY));
    expect(full.emulator.journal.entries('delivery-failed')).toMatchObject([{ reason: 'TooManyRequests' }]);
    full.emulator.operator.purge({ queueName: 'a' });
    await full.clock.advanceBy(20_000);
    expect(full.emulator.journal.entries('delivered', { queueName: 'b' })).toHaveLength(1);
    expect(full.emulator.hints()).toMatchObject([{ code: 'store-full' }]);
  });

  it('are moved between queues by hand even when there are too many', async () => {
    const many = createEmulator({ resources: { queues: QUEUES } });
    for (let index = 0; index < 40; index += 1) many.operator.send({ queueName: 'a', body: BODY });
    const few = createEmulator({ mns: { maxStoredBytes: MIN_STORED_BYTES } });
    few.restore(many.snapshot());
    expect(few.operator.redrive({ queueName: 'a', toQueueName: 'b' }).newMessageIds).toHaveLength(40);
    expect(() => few.operator.send({ queueName: 'a', body: BODY })).toThrow(/TooManyRequests/);
    for (const emulator of [many, few]) emulator.close();
  });

  it.each([0, MIN_STORED_BYTES - 1, 1.5, Number.NaN])('are not bounded by %s', (maxStoredBytes) => {
    expect(() => createEmulator({ mns: { maxStoredBytes } })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });

  prop.prop(
    [
      fc.array(fc.tuple(fc.constantFrom('send', 'receive', 'purge', 'drop', 'wait'), fc.constantFrom('a', 'b')), {
        maxLength: 40,
      }),
    ],
    {
      numRuns: 30,
    },
  )('leave all the room when they are all gone, whatever happened', async (steps) => {
    const { call, clock, emulator } = world();
    for (const [act, queueName] of steps) {
      if (act === 'send') await call('POST', `/queues/${queueName}/messages`, messageXml(BODY));
      if (act === 'drop') await call('DELETE', `/queues/${queueName}`);
      if (act === 'drop') await call('PUT', `/queues/${queueName}`);
      if (act === 'wait') await clock.advanceBy(86_400_000);
      if (act === 'purge') emulator.operator.purge({ queueName });
      if (act !== 'receive') continue;
      const handle = textIn(await call('GET', `/queues/${queueName}/messages`), 'ReceiptHandle');
      if (handle !== '') await call('DELETE', `/queues/${queueName}/messages?ReceiptHandle=${handle}`);
    }
    for (const { name } of QUEUES) emulator.operator.purge({ queueName: name });
    const again = { call, clock, emulator, reply: world().reply };
    expect(await fill(again, 'a')).toBe(Math.floor(MIN_STORED_BYTES / (BODY.length + 600)));
  });
});
