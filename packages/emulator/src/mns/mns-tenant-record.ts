import { z } from 'zod';
import { deliverySchema, type DeliveryRecord } from './delivery-record.js';
import type { MnsModelRecord } from './model/mns-state.js';
import { mnsModelSchema } from './model/mns-state-schema.js';
import { ordinal } from '../runtime/state-schema.js';

/** MNS in one account and region, as data. What was never touched is left out. */
export interface MnsTenantRecord {
  readonly model?: MnsModelRecord;
  /** What waits for its next attempt, by number, in the order in which it was put off. */
  readonly deliveries?: Readonly<Record<string, DeliveryRecord>>;
}

/** What a record of a tenant has to be like. */
export const mnsTenantSchema: z.ZodType<MnsTenantRecord> = z.strictObject({
  model: mnsModelSchema.exactOptional(),
  deliveries: z.record(ordinal, deliverySchema).exactOptional(),
});
