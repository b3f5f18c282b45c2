import type { JsonObject } from '../event.js';

/**
 * What came of a shape that a producer documents.
 *
 * The `Essential` members have been looked at: they are as documented. Any other may be missing, or anything; `data` has what
 * could be read of it.
 */
export type Received<Documented, Essential extends keyof Documented = never> = {
  readonly [Name in keyof Documented as Exclude<Name, Essential>]?: unknown;
} & Pick<Documented, Essential> &
  JsonObject;
