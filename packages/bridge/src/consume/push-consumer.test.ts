import { getEventListeners } from 'node:events';
import { VirtualClock } from '@mnsbus/core';
import { eventLoopTurn } from '@mnsbus/core/internal';
import { expect, it, onTestFinished } from 'vitest';
import { createBridge } from '../bridge.js';
import type { PushedMessage } from '../push/push-sink.js';
import { eventText } from '../test-support/resources.js';
import { CONVERTED } from '../test-support/room.js';

const AT = new Date('2026-01-01T00:00:00Z');

const pushed = (index: number): PushedMessage => ({
  topicName: 't',
  subscriptionName: 's',
  messageId: `m${index}`,
  body: eventText(`t${index}`),
  userProperties: [],
  sentAt: AT,
  receivedAt: AT,
});

it('many pushes at once are no leak that Node would warn of, end with the bridge, and leave nothing behind', async () => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error): void => void warnings.push(warning);
  process.on('warning', onWarning);
  onTestFinished(() => void process.off('warning', onWarning));
  const clock = new VirtualClock();
  const bus = createBridge({
    mns: { accountId: '1', accessKeyId: 'k', accessKeySecret: 's', endpoint: 'http://mns.test' },
    transport: async () => ({ status: 500, headers: [], body: new Uint8Array() }),
    clock,
  });
  const told: AbortSignal[] = [];
  bus.on(CONVERTED, async (_event, { signal }) => {
    told.push(signal);
    await new Promise(() => {});
  });
  await bus.start();
  const senders = Array.from({ length: 30 }, () => new AbortController());
  const verdicts = senders.map(({ signal }, index) => bus.deliver(pushed(index), signal));
  await clock.advanceBy(1);
  expect(told).toHaveLength(30);
  senders[0]?.abort(new Error('hung up'));
  expect(told.filter(({ aborted }) => aborted)).toEqual([told[0]]);
  await clock.runUntil(bus.close({ deadlineMs: 10 }));
  expect(await Promise.all(verdicts)).toEqual(verdicts.map(() => ({ type: 'retry' })));
  expect(told.every(({ aborted }) => aborted)).toBe(true);
  expect(senders.map(({ signal }) => getEventListeners(signal, 'abort').length)).toEqual(senders.map(() => 0));
  await eventLoopTurn();
  expect(warnings).toEqual([]);
});
