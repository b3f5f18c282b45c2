import type { MessageIdShape } from './message-id.js';

/** Most storage nodes that a queue may be spread over. */
export const MAX_STRIPES = 16;

/** In what a model differs from the usual one; fixed for its life. */
export interface ModelSettings {
  readonly messageIdShape: MessageIdShape;
  /** Over how many storage nodes each queue is spread, 1–16 (spec mns §4.5). */
  readonly stripes: number;
  /** Decides the order of messages of equal priority, 0 to 2^32 − 1; absent: the order of becoming active (spec mns §4.4). */
  readonly shuffleSalt?: number;
  /** Whether there is room for so many more bytes of messages; absent: always. */
  readonly hasRoomFor?: (bytes: number) => boolean;
}

/** The settings of a model that is told nothing. */
export const DEFAULT_MODEL_SETTINGS: ModelSettings = { messageIdShape: 'current', stripes: 1 };
