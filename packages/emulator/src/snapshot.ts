import { describeValue, invalidArgument, isTooDeep } from '@mnsbus/core/internal';
import { MnsbusError } from '@mnsbus/core';
import { z } from 'zod';
import type { ImmRecords } from './imm-service.js';
import { replyRecordsSchema, type ReplyRecords } from './imm/replies/reply-record.js';
import type { MnsRecords } from './mns-service.js';
import { mnsTenantSchema } from './mns/mns-tenant-record.js';
import { isNonceEntry } from './imm/rpc/used-nonces.js';
import type { Accounts, TemporaryKeyRecord } from './runtime/accounts.js';
import { MAX_SNAPSHOT_DEPTH } from './runtime/json-value.js';
import type { StreamStates } from './runtime/random-streams.js';
import { timeSchema } from './runtime/time-record.js';
import type { TimeRecord } from './runtime/time-line.js';
import { tenantRecordsSchema } from './runtime/tenant-records.js';

/** What tells a snapshot from any other JSON. */
export const SNAPSHOT_FORMAT = 'mnsbus-emulator';

/** The version of snapshots that this release writes and reads. */
export const SNAPSHOT_VERSION = 1;

/**
 * Everything inside an emulator that survives, as plain JSON: equal states give equal text, to the byte.
 *
 * Queues with their messages in every state, receipt handles, topics, subscriptions, deliveries on their way, projects,
 * tasks, events on their way, temporary keys, used nonces, scripted replies, and how far each stream of randomness has come. Options are
 * no part of it (accounts and their own keys, scripts, the seed), nor is the journal, nor is who waits in a long poll.
 * Times are milliseconds since 1970, by the emulator's time line. It holds the secrets of temporary keys.
 */
export interface EmulatorSnapshot {
  readonly format: typeof SNAPSHOT_FORMAT;
  readonly version: typeof SNAPSHOT_VERSION;
  /** What the wall clock called the instants of the time line; absent when it was never set. */
  readonly time?: TimeRecord;
  /** How far the streams of randomness have come, by name. */
  readonly streams?: StreamStates;
  readonly temporaryKeys?: Readonly<Record<string, TemporaryKeyRecord>>;
  /** Until when each nonce of IMM is taken, by key id and nonce. */
  readonly nonces?: Readonly<Record<string, number>>;
  /** What actions of IMM are answered by a script, by API version and action; what the options say of it is no part. */
  readonly replies?: ReplyRecords;
  /** By account, then by region. */
  readonly mns?: MnsRecords;
  /** By API version. */
  readonly imm?: ImmRecords;
}

/** What a snapshot has to be like, given what records of IMM have to be like. */
export function snapshotSchema(imm: z.ZodType<ImmRecords>): z.ZodType<EmulatorSnapshot> {
  return z.strictObject({
    format: z.literal(SNAPSHOT_FORMAT),
    version: z.literal(SNAPSHOT_VERSION),
    time: timeSchema.exactOptional(),
    streams: z.record(z.string(), z.array(z.int32()).length(4)).exactOptional(),
    temporaryKeys: z
      .record(
        z.string().regex(/^[^\s:]+$/, 'expected the id of a key'),
        z.strictObject({
          accountId: z.string(),
          accessKeySecret: z.string().min(1),
          securityToken: z.string().min(1),
          expiresAtMs: z.number(),
        }),
      )
      .exactOptional(),
    replies: replyRecordsSchema.exactOptional(),
    nonces: z
      .record(z.string().refine(isNonceEntry, 'expected a list of a key id and a nonce, as JSON'), z.number())
      .exactOptional(),
    mns: tenantRecordsSchema(mnsTenantSchema).exactOptional(),
    imm: imm.exactOptional(),
  });
}

/** Checks what is said to be a snapshot for an emulator with these accounts. Throws `INVALID_ARGUMENT` with the path. */
export function readSnapshot(
  schema: z.ZodType<EmulatorSnapshot>,
  value: unknown,
  accounts: Accounts,
): EmulatorSnapshot {
  if (typeof value !== 'object' || value === null) throw invalidArgument('snapshot', 'an object', value);
  const version: unknown = 'version' in value ? value.version : undefined;
  if (typeof version === 'number' && version !== SNAPSHOT_VERSION) {
    throw invalidArgument('snapshot.version', `${SNAPSHOT_VERSION}, the version of this release`, version);
  }
  // Schemas of any JSON read it level by level, and so does whoever writes it.
  if (isTooDeep(value, MAX_SNAPSHOT_DEPTH)) {
    throw invalidArgument('snapshot', `at most ${MAX_SNAPSHOT_DEPTH} levels of objects and lists`, value);
  }
  const { success, data, error } = schema.safeParse(value);
  if (!success) throw refusal(value, error.issues[0]);
  for (const [path, accountId] of accountsIn(data)) {
    if (!accounts.hasAccount(accountId)) {
      throw invalidArgument(
        `snapshot.${path}`,
        'an account of this emulator (option accountId or accounts)',
        accountId,
      );
    }
  }
  for (const accessKeyId of Object.keys(data.temporaryKeys ?? {})) {
    const known = accounts.findKey(accessKeyId);
    if (known !== undefined && known.session === undefined) {
      throw invalidArgument(
        `snapshot.temporaryKeys.${accessKeyId}`,
        'another id than that of a lasting key',
        accessKeyId,
      );
    }
  }
  return data;
}

function* accountsIn({ temporaryKeys = {}, mns = {}, imm = {} }: EmulatorSnapshot): IterableIterator<[string, string]> {
  for (const [id, { accountId }] of Object.entries(temporaryKeys)) yield [`temporaryKeys.${id}.accountId`, accountId];
  for (const accountId of Object.keys(mns)) yield [`mns.${accountId}`, accountId];
  for (const [version, { tenants = {} }] of Object.entries(imm)) {
    for (const accountId of Object.keys(tenants)) yield [`imm.${version}.tenants.${accountId}`, accountId];
  }
}

function refusal(value: unknown, issue: z.core.$ZodIssue | undefined): MnsbusError<'INVALID_ARGUMENT'> {
  const path = issue?.path ?? [];
  let found: unknown = value;
  for (const key of path) found = typeof found === 'object' && found !== null ? Reflect.get(found, key) : undefined;
  const where = ['snapshot', ...path.map(String)].join('.');
  const received = path.some((key) => /secret|token/i.test(String(key))) ? 'something else' : describeValue(found);
  return new MnsbusError({
    code: 'INVALID_ARGUMENT',
    message: `${where}: ${issue?.message ?? 'not a snapshot'}; received ${received}`,
  });
}
