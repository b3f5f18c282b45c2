import { z } from 'zod';
import type { ImmApiVersion } from '../../config/resource-options.js';
import type { LiteralReply } from './imm-replies.js';
import { actionName, replySchema } from './reply-schema.js';

/** What was said of an action since the emulator was created: what it is answered, or that a reply of the options is gone. */
export type ReplyRecord = LiteralReply | { readonly removed: true };

/** All that was said, by API version and action. */
export type ReplyRecords = Readonly<Partial<Record<ImmApiVersion, Readonly<Record<string, ReplyRecord>>>>>;

const record: z.ZodType<ReplyRecord> = z.union([z.strictObject({ removed: z.literal(true) }), replySchema]);
const byAction = z.record(actionName, record).exactOptional();

/** What such records have to be like. An action that is emulated by now is still answered as was said. */
export const replyRecordsSchema: z.ZodType<ReplyRecords> = z.strictObject({
  '2017-09-06': byAction,
  '2020-09-30': byAction,
});
