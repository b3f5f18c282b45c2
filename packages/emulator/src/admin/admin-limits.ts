/** Most bytes of a body, unless a route says otherwise. */
export const DEFAULT_BODY_BYTES: number = 1024 * 1024;

/** Most bytes of the body that sets a reply: more than a reply may have, so that this is what is said of one that is too large. */
export const REPLY_BODY_BYTES: number = 2 * 1024 * 1024;

/** Most bytes of a snapshot that is taken up, and of any body that is read at all. */
export const MAX_SNAPSHOT_BYTES: number = 256 * 1024 * 1024;
