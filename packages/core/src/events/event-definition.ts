import type { EventForm } from './event.js';
import type { LocatedEvent } from './located-event.js';
import type { JsonSchema } from './reading/documented.js';
import type { Problems } from './reading/problems.js';

/** One form in which an event is sent. */
export interface SentForm {
  readonly form: EventForm;
  /** The word that names the event in this form. */
  readonly sentAs: string;
  /** What a producer sends that keeps to its documents. */
  readonly documented: JsonSchema;
  /** What the JSON text in its member `content` holds, in the form `imm`. */
  readonly content?: JsonSchema;
}

/** One entry of the catalogue: in which forms an event is sent, and how it becomes its typed view. */
export interface EventDefinition<Name extends string, Event> {
  readonly name: Name;
  /** The `source` of its CloudEvents and messages; those of another source are not this event. */
  readonly source?: string;
  readonly forms: readonly SentForm[];
  /** Reads as much as can be read, and names the rest; `undefined` when an essential member cannot be read. */
  readonly read: (located: LocatedEvent, problems: Problems) => Event | undefined;
}
