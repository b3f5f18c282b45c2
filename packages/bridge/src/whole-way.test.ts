import type { FormatConvertJobFinished } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import type { ListenerContext } from './dispatch/listener.js';
import { mountDirect, mounts } from './test-support/mounts.js';
import { PROJECT, convert, countMessages, createResources, getTask } from './test-support/resources.js';

describe.each(Object.entries(mounts))('From an IMM task to a typed event, over the %s mount', (_, mount) => {
  it('carries the end of a conversion to the listener, and deletes the message after it', async () => {
    const mounted = await mount({ imm: { durationMs: 200 } });
    const bus = mounted.bridge({ queueName: 'imm-events' });
    try {
      const outcome = await mounted.until(
        (async () => {
          await createResources(mounted);
          const seen: [FormatConvertJobFinished, ListenerContext][] = [];
          const recordAtEvent: string[] = [];
          bus.on('FormatConvertJob:JobFinished', async (event, context) => {
            seen.push([event, context]);
            // The record must be final before its event is visible.
            recordAtEvent.push((await getTask(mounted, event.data.taskId)).Status);
          });
          await bus.start();
          const task = await convert(mounted);
          const event = await bus.waitFor({ name: 'FormatConvertJob:JobFinished', taskId: task.TaskId });
          await bus.close();
          return {
            task,
            event,
            seen,
            recordAtEvent,
            record: await getTask(mounted, task.TaskId),
            left: await countMessages(mounted),
          };
        })(),
      );

      const { task, event, seen, recordAtEvent, record, left } = outcome;
      expect(task).toMatchObject({ Status: 'Running', Percent: 0 });
      expect(seen.map(([one]) => one)).toEqual([event]);
      expect(recordAtEvent).toEqual(['Finished']);
      expect(event).toMatchObject({ name: 'FormatConvertJob:JobFinished', source: 'acs:imm', version: '1.0' });
      expect(event.data).toEqual({ taskId: task.TaskId, code: 'NoError', percent: 100, pageCount: record.PageCount });
      expect(event.raw.imm.pageCount).toBe(String(record.PageCount));
      expect(record).toMatchObject({ Status: 'Finished', Percent: 100, FailDetail: { Code: 'NoError' } });
      expect(left).toEqual({ active: 0, inactive: 0 });

      const [[, context] = []] = seen;
      const { timing, notification, delivery } = context ?? expect.fail('the listener was not called');
      expect(notification.integrity).toBe('verified');
      expect(notification.envelope).toMatchObject({
        topicOwner: mounted.emulator.accountId,
        subscriptionName: 'sub-a',
      });
      expect(delivery).toMatchObject({ queueName: 'imm-events', deliveryCount: 1 });
      // The answer to a long poll may have been on its way for a second.
      const { leaseMs } = delivery.source === 'queue' ? delivery : expect.fail('it came by a push');
      expect(leaseMs).toBeGreaterThanOrEqual(28_000);
      expect(leaseMs).toBeLessThanOrEqual(30_000);
      expect(timing.lags.publishMs).toBeGreaterThanOrEqual(150);
      expect(timing.lags.deliverMs).toBeGreaterThanOrEqual(0);
      expect(timing.lags.queueMs).toBeGreaterThanOrEqual(0);
      expect(timing.receivedAt.getTime() - Number(timing.firstReceivedAt)).toBe(timing.lags.redeliverMs);
    } finally {
      await bus.close();
      await mounted.close();
    }
  });

  it('carries a failure, too', async () => {
    const mounted = await mount({ imm: { durationMs: 50 } });
    const bus = mounted.bridge({ queueName: 'imm-events' });
    try {
      const event = await mounted.until(
        (async () => {
          await createResources(mounted);
          await bus.start();
          const task = await convert(mounted, 'oss://bucket/fail-ConvertTimeout/a.docx');
          const found = await bus.waitFor({ name: 'FormatConvertJob:JobFinished', taskId: task.TaskId });
          await bus.close();
          return found;
        })(),
      );
      expect(event.data).toMatchObject({ code: 'ConvertTimeout', pageCount: 0, percent: 0 });
    } finally {
      await bus.close();
      await mounted.close();
    }
  });

  it('refuses a missing queue and a missing project in the service’s own words', async () => {
    const mounted = await mount({ imm: { durationMs: 50 } });
    try {
      const bus = mounted.bridge({ queueName: 'missing' });
      await expect(mounted.until(bus.start())).rejects.toMatchObject({
        code: 'MNS_ERROR',
        mnsCode: 'QueueNotExist',
        status: 404,
        requestId: expect.stringMatching(/^[0-9A-F]{24}$/),
      });
      await bus.close();
      await expect(mounted.imm('GetProject', { Project: PROJECT })).rejects.toMatchObject({
        code: 'InvalidProject.NotFound',
      });
    } finally {
      await mounted.close();
    }
  });
});

describe('On the virtual clock', () => {
  it('a task of an hour takes exactly its virtual time', async () => {
    const mounted = mountDirect({ imm: { durationMs: 3_600_000 } });
    const bus = mounted.bridge({ queueName: 'imm-events' });
    const { clock, until } = mounted;
    await until(createResources(mounted));
    await until(bus.start());
    const task = await until(convert(mounted));
    const submittedMs = clock.now();
    const event = await until(bus.waitFor({ taskId: task.TaskId }, { timeoutMs: 7_200_000 }));
    const endedAtMs = Number(event.occurredAt);
    expect(endedAtMs - submittedMs).toBe(3_600_000);
    const lagMs = clock.now() - endedAtMs;
    expect(lagMs).toBeGreaterThanOrEqual(150);
    expect(lagMs).toBeLessThanOrEqual(350);
    await until(bus.close());
    await mounted.close();
    expect(clock.pendingTimers).toBe(0);
  });

  it('runs the same twice from the same seed', async () => {
    const once = async (): Promise<unknown> => {
      const mounted = mountDirect({ imm: { durationMs: 5000 } });
      const bus = mounted.bridge({ queueName: 'imm-events' });
      await mounted.until(createResources(mounted));
      await mounted.until(bus.start());
      const contexts: unknown[] = [];
      bus.on(
        'FormatConvertJob:JobFinished',
        (event, { delivery, timing }) => void contexts.push(event, delivery, timing),
      );
      for (let count = 0; count < 3; count += 1) await mounted.until(convert(mounted));
      await mounted.clock.advanceBy(10_000);
      await mounted.until(bus.close());
      await mounted.close();
      return { contexts, journal: mounted.emulator.journal.entries() };
    };
    expect(await once()).toEqual(await once());
  });
});
