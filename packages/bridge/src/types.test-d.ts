// Checked by the compiler alone: what must not compile stands behind an expected error.
import type { AnyEvent, FormatConvertJobFinished, UnknownEvent } from '@mnsbus/core';
import { expectTypeOf } from 'vitest';
import type { Bridge } from './bridge.js';
import type { ListenerContext } from './dispatch/listener.js';

declare const bus: Bridge;

// The argument follows from the name.
bus.on('FormatConvertJob:JobFinished', (event, context) => {
  expectTypeOf(event).toEqualTypeOf<FormatConvertJobFinished>();
  expectTypeOf(event.data.pageCount).toEqualTypeOf<number>();
  expectTypeOf(event.occurredAt).toEqualTypeOf<Date>();
  expectTypeOf(event.raw.imm.pageCount).toEqualTypeOf<string>();
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

// What is waited for decides what comes.
expectTypeOf(bus.waitFor('FormatConvertJob:JobFinished')).resolves.toEqualTypeOf<FormatConvertJobFinished>();
expectTypeOf(bus.waitFor('unknown')).resolves.toEqualTypeOf<UnknownEvent>();
expectTypeOf(bus.waitFor({ taskId: 't' })).resolves.toEqualTypeOf<FormatConvertJobFinished>();
expectTypeOf(
  bus.waitFor({ name: 'FormatConvertJob:JobFinished', taskId: 't' }),
).resolves.toEqualTypeOf<FormatConvertJobFinished>();
expectTypeOf(bus.waitFor((event) => event.name === 'unknown')).resolves.toEqualTypeOf<AnyEvent>();
// @ts-expect-error an unknown event has no task
void bus.waitFor({ name: 'unknown', taskId: 't' });

// The name tells the events apart.
declare const event: AnyEvent;
if (event.name === 'unknown') expectTypeOf(event).toEqualTypeOf<UnknownEvent>();
else expectTypeOf(event).toEqualTypeOf<FormatConvertJobFinished>();
