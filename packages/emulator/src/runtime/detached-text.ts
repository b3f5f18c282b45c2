/** Shorter pieces are copied when they are cut out. */
const SHORTEST_PIECE = 13;

/**
 * A text that keeps no other in memory. A piece that was cut out of a text holds on to the whole of it, in V8 at least:
 * a short body would keep the megabytes that it was sent among.
 */
export function detachedText(piece: string): string {
  return piece.length < SHORTEST_PIECE ? piece : Buffer.from(piece, 'utf16le').toString('utf16le');
}
