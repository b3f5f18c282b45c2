import type { z } from 'zod';
import type { EventForm } from './event.js';
import type { LocatedEvent } from './located-event.js';

/** One form in which an event is sent. */
export interface SentForm {
  readonly form: EventForm;
  /** The word that names the event in this form. */
  readonly sentAs: string;
  /** What is sent. */
  readonly schema: z.ZodType;
  /** What the JSON text in its member `content` holds, in the form `imm`. */
  readonly content?: z.ZodType;
}

/** One entry of the catalogue: in which forms an event is sent, and how it becomes its typed view. */
export interface EventDefinition<Name extends string, Event> {
  readonly name: Name;
  /** The `source` of its CloudEvents and messages; those of another source are not this event. */
  readonly source?: string;
  readonly forms: readonly SentForm[];
  /** Throws `EventShapeError` (code `EVENT_SHAPE_INVALID`) naming each wrong field. */
  readonly read: (located: LocatedEvent) => Event;
}
