// Checked by the compiler alone: what must not compile stands behind an expected error.
import {
  defineEvent,
  outcomeOf,
  type AnyEvent,
  type AnyTaskEvent,
  type EventMap,
  type EventPattern,
  type FieldIssue,
  type FormatConvertJobFinished,
  type TaskOutcome,
  type UnknownEvent,
} from '@mnsbus/core';
import type { EventEmitter } from 'eventemitter3';
import { expectTypeOf } from 'vitest';
import { z } from 'zod';
import { createBridge, type Bridge, type EventsWith } from './bridge.js';
import type { EmittedEvents } from './dispatch/bus-emitter.js';
import type { EventIterator } from './dispatch/event-stream.js';
import { createImm, type Imm } from './imm/imm-client.js';
import type { Listener, ListenerContext, ListenerMap } from './dispatch/listener.js';

declare const bus: Bridge;
declare const keys: { readonly accessKeyId: string; readonly accessKeySecret: string };

// The argument follows from the name.
bus.on('FormatConvertJob:JobFinished', (event, context) => {
  expectTypeOf(event).toEqualTypeOf<FormatConvertJobFinished>();
  expectTypeOf(event.data.pageCount).toEqualTypeOf<number | undefined>();
  expectTypeOf(event.occurredAt).toEqualTypeOf<Date | undefined>();
  expectTypeOf(event.raw.imm.taskId).toEqualTypeOf<string>();
  expectTypeOf(event.raw.imm.pageCount).toEqualTypeOf<unknown>();
  expectTypeOf(event.problems).toEqualTypeOf<readonly FieldIssue[]>();
  expectTypeOf(context).toEqualTypeOf<ListenerContext>();
});
bus.once('unknown', (event) => expectTypeOf(event).toEqualTypeOf<UnknownEvent>());
bus.on('unknown', async () => {});
expectTypeOf(bus.on('unknown', () => {})).toEqualTypeOf<Bridge>();

// A misspelt name does not compile.
// @ts-expect-error no such event
bus.on('FormatConvertJob:JobFinishd', () => {});
// @ts-expect-error no such event
bus.once('formatConvertJob:JobFinished', () => {});
// @ts-expect-error no such event
void bus.waitFor('FormatConvertJob');
// @ts-expect-error a listener of another event
bus.on('unknown', (event: FormatConvertJobFinished) => void event);
// @ts-expect-error no such member
bus.on('FormatConvertJob:JobFinished', (event) => void event.data.pages);

// Nor does it by the other names of these methods.
// @ts-expect-error no such event
bus.addListener('FormatConvertJob:JobFinishd', () => {});
// @ts-expect-error no such event
bus.removeListener('FormatConvertJob:JobFinishd', () => {});
// @ts-expect-error no such event
bus.removeAllListeners('FormatConvertJob:JobFinishd');
// @ts-expect-error no such event
bus.listenerCount('FormatConvertJob:JobFinishd');
// @ts-expect-error no such event
bus.events('FormatConvertJob:JobFinishd');
// @ts-expect-error no such event
bus.asEventEmitter().on('FormatConvertJob:JobFinishd', () => {});
// @ts-expect-error no such event: what goes wrong is in status()
bus.on('error', () => {});
// @ts-expect-error a listener of another event
bus.asEventEmitter().on('unknown', (event: FormatConvertJobFinished) => void event);
// @ts-expect-error a listener of one event only
bus.on('*', (event: FormatConvertJobFinished) => void event);

// What an EventEmitter has is typed likewise.
bus.addListener('unknown', (event) => expectTypeOf(event).toEqualTypeOf<UnknownEvent>());
bus
  .removeAllListeners()
  .removeAllListeners('imm:Task:*')
  .on('unknown', () => {});
expectTypeOf(bus.eventNames()).toEqualTypeOf<EventPattern[]>();
expectTypeOf(bus.events('FormatConvertJob:*')).toEqualTypeOf<EventIterator<FormatConvertJobFinished>>();
expectTypeOf(bus.asEventEmitter()).toEqualTypeOf<EventEmitter<EmittedEvents>>();
bus.asEventEmitter().once('FormatConvertJob:*', (event, context) => {
  expectTypeOf(event).toEqualTypeOf<FormatConvertJobFinished>();
  expectTypeOf(context).toEqualTypeOf<ListenerContext>();
});

// What is waited for decides what comes.
expectTypeOf(bus.waitFor('FormatConvertJob:JobFinished')).resolves.toEqualTypeOf<FormatConvertJobFinished>();
expectTypeOf(bus.waitFor('unknown')).resolves.toEqualTypeOf<UnknownEvent>();
expectTypeOf(bus.waitFor({ taskId: 't' })).resolves.toEqualTypeOf<AnyTaskEvent>();
expectTypeOf(
  bus.waitFor({ name: 'FormatConvertJob:JobFinished', taskId: 't' }),
).resolves.toEqualTypeOf<FormatConvertJobFinished>();
expectTypeOf(bus.waitFor((event) => event.name === 'unknown')).resolves.toEqualTypeOf<AnyEvent>();
// @ts-expect-error an unknown event has no task
void bus.waitFor({ name: 'unknown', taskId: 't' });

// The name tells the events apart.
declare const some: AnyEvent;
if (some.name === 'unknown') expectTypeOf(some).toEqualTypeOf<UnknownEvent>();
else if (some.name === 'FormatConvertJob:JobFinished') expectTypeOf(some).toEqualTypeOf<FormatConvertJobFinished>();

// A pattern brings every event that fits, as a union that the name tells apart.
bus.on('imm:Task:*', (event) => {
  expectTypeOf(event).toEqualTypeOf<EventMap[Extract<keyof EventMap, `imm:Task:${string}`>]>();
  if (event.name === 'imm:Task:MediaConvert') expectTypeOf(event).toEqualTypeOf<EventMap['imm:Task:MediaConvert']>();
  expectTypeOf(outcomeOf(event)).toEqualTypeOf<TaskOutcome | undefined>();
});
bus.on('FormatConvertJob:*', (event) => {
  expectTypeOf(event).toEqualTypeOf<FormatConvertJobFinished>();
  expectTypeOf(outcomeOf(event)).toEqualTypeOf<TaskOutcome>();
});
bus.on('ObjectCreated:*', (event) => expectTypeOf(event.data.object.key).toEqualTypeOf<string>());
bus.on('*', (event) => expectTypeOf(event).toEqualTypeOf<AnyEvent>());
bus.on({
  'imm:Task:OfficeConversion': (event) => expectTypeOf(event).toEqualTypeOf<EventMap['imm:Task:OfficeConversion']>(),
  unknown: (event) => expectTypeOf(event).toEqualTypeOf<UnknownEvent>(),
});
expectTypeOf(bus.waitFor('ObjectRemoved:*')).resolves.toEqualTypeOf<
  EventMap[Extract<keyof EventMap, `ObjectRemoved:${string}`>]
>();
// @ts-expect-error no such group
bus.on('imm:Tasks:*', () => {});
// @ts-expect-error no such name in the map
bus.on({ 'imm:Task:OfficeConversions': () => {} });
// @ts-expect-error a listener of another event
bus.on({ 'imm:Task:OfficeConversion': (event: UnknownEvent) => void event });

// Types of the app's own stand beside the built-in ones.
const shipped = defineEvent({ name: 'order:Shipped', schema: z.object({ orderId: z.string() }) });
const own = createBridge({
  mns: { accountId: '1', accessKeyId: 'a', accessKeySecret: 's', region: 'cn-beijing' },
  queueName: 'q',
  events: [shipped],
});
own.on('order:Shipped', (event) => expectTypeOf(event.data).toEqualTypeOf<{ orderId: string }>());
own.on('order:*', (event) => expectTypeOf(event.name).toEqualTypeOf<'order:Shipped'>());
own.on('FormatConvertJob:*', (event) => expectTypeOf(event).toEqualTypeOf<FormatConvertJobFinished>());
expectTypeOf(own.waitFor('order:Shipped').then(({ data }) => data.orderId)).resolves.toEqualTypeOf<string>();
// @ts-expect-error no such event, of any type
own.on('order:Lost', () => {});
// @ts-expect-error only a bridge that was told knows the type
bus.on('order:Shipped', () => {});

own.on('*', (event) =>
  expectTypeOf(event).toEqualTypeOf<EventsWith<typeof shipped>[keyof EventsWith<typeof shipped>]>(),
);
own.on({ 'order:*': ({ data }) => expectTypeOf(data.orderId).toEqualTypeOf<string>(), unknown: ({ raw }) => void raw });
own.asEventEmitter().on('order:Shipped', ({ data }) => expectTypeOf(data.orderId).toEqualTypeOf<string>());
own.addListener('unknown', () => {}).once('order:Shipped', ({ data }) => void data.orderId);
expectTypeOf(own.events('order:*')).toEqualTypeOf<EventIterator<EventsWith<typeof shipped>['order:Shipped']>>();
expectTypeOf(own.eventNames()).toEqualTypeOf<EventPattern<EventsWith<typeof shipped>>[]>();

// What knows the built-in events alone gets on with such a bus, whatever the bus is made by.
declare const ownByName: Bridge<EventsWith<typeof shipped>>;
declare const onAll: Listener<'*'>;
declare const onOne: Listener<'FormatConvertJob:JobFinished'>;
declare const onMany: ListenerMap;
for (const wide of [own, ownByName]) {
  wide.on('*', onAll).once('*', onAll).addListener('*', onAll).off('*', onAll).removeListener('*', onAll);
  wide.on('FormatConvertJob:JobFinished', onOne).on(onMany);
  void wide.waitFor((event: AnyEvent) => event.name === 'unknown');
}
expectTypeOf(own).toExtend<Bridge>();
expectTypeOf(ownByName).toExtend<Bridge>();
expectTypeOf(own).toExtend<Bridge<EventsWith<typeof shipped>>>();
// A bus without them is none with them.
expectTypeOf(bus).not.toExtend<Bridge<EventsWith<typeof shipped>>>();
createImm({ apiVersion: '2020-09-30', bus: own, accountId: '1', region: 'r', topicName: 't', project: 'p', ...keys });
// @ts-expect-error a listener of one event only
own.on('*', (event: FormatConvertJobFinished) => void event);

// The methods of an IMM client are those of its version, and their results those of their action.
declare const legacy: Imm<'2017-09-06'>;
declare const current: Imm<'2020-09-30'>;
const converting = legacy.convertOffice({ SrcUri: 'oss://b/a', TgtUri: 'oss://b/o', TgtType: 'png' });
expectTypeOf(
  converting.then(({ finished }) => finished.then(({ event }) => event)),
).resolves.toEqualTypeOf<FormatConvertJobFinished>();
expectTypeOf(
  converting.then(({ finished }) => finished.then(({ outcome }) => outcome.succeeded)),
).resolves.toEqualTypeOf<true>();
const moderating = current.moderateImage({ SourceURI: 'oss://b/a' });
expectTypeOf(moderating.then(({ reply }) => reply.EventId)).resolves.toEqualTypeOf<string>();
expectTypeOf(
  moderating.then(({ finished }) => finished.then(({ event }) => event.name)),
).resolves.toEqualTypeOf<'imm:Task:ImageModeration'>();
const record = current.call('GetTask', { ProjectName: 'p', TaskType: 't', TaskId: 'i' });
expectTypeOf(record.then(({ Progress }) => Progress)).resolves.toEqualTypeOf<number>();
// @ts-expect-error no such target type
void legacy.convertOffice({ SrcUri: 'oss://b/a', TgtUri: 'oss://b/o', TgtType: 'docx' });
// @ts-expect-error an action of the other version
void legacy.call('GetTask', {});
void current.ask('i', { project: 'p', action: 'CreateStory' });
// @ts-expect-error an action of the other version
void current.ask('i', { action: 'CreateGrabFrameTask' });
// @ts-expect-error an action that creates no task
void current.ask('i', { action: 'GetTask' });
// @ts-expect-error the source is missing
void current.moderateImage({});
// @ts-expect-error neither keys nor what provides them
createImm({ apiVersion: '2020-09-30', bus, accountId: '1', region: 'r', topicName: 't', project: 'p' });
createImm({
  apiVersion: '2020-09-30',
  bus,
  accountId: '1',
  region: 'r',
  topicName: 't',
  project: 'p',
  credentials: async () => ({ accessKeyId: 'a', accessKeySecret: 's', expiresAt: new Date(0) }),
});
