import type { AnyEvent, CustomEvent } from '@mnsbus/core';

/** Any event as a message carries it: of a built-in type, of a type of the app's own, or unknown. */
export type DecodedEvent = AnyEvent | CustomEvent<string, unknown>;
