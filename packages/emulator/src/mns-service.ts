import type { WireRequest, WireResponse } from '@mnsbus/core';
import { readMnsOptions, type MnsOptions } from './mns/mns-options.js';
import { MnsTenant } from './mns/mns-tenant.js';
import type { MnsTenantRecord } from './mns/mns-tenant-record.js';
import { NO_PROPERTIES } from './mns/model/message-properties.js';
import { asksForCertificate, certificateReply } from './mns/push/certificate-door.js';
import { PushSigner } from './mns/push/push-signer.js';
import { Pushes, type PushOptions } from './mns/push/pushes.js';
import { RestEndpoint } from './mns/rest/rest-endpoint.js';
import type { Manner } from './profile/manner.js';
import { isXmlText } from './runtime/xml-text.js';
import type { Tenant } from './runtime/accounts.js';
import type { EmulatorContext } from './runtime/context.js';
import { eachTenant, tenantRecords, type TenantRecords } from './runtime/tenant-records.js';

/** What became of a message that IMM published. */
export type PublishOutcome =
  | { readonly ok: true; readonly messageId: string }
  | { readonly ok: false; readonly code: 'TopicNotExist' | 'InvalidArgument' };

/** The state of MNS as data. */
export type MnsRecords = TenantRecords<MnsTenantRecord>;

/** MNS as the rest of the emulator sees it. */
export interface MnsService {
  /** Answers one MNS request; never rejects. */
  handle(request: WireRequest): Promise<WireResponse>;
  /** What a tenant has, without looking whether the account exists; it comes into being when it is first asked for. */
  tenant(tenant: Tenant): MnsTenant;
  /** Those that have been spoken of. */
  tenants(): readonly MnsTenant[];
  /** Publishes on behalf of IMM (no signature): same path as PublishMessage. */
  publish(tenant: Tenant, topicName: string, body: string): PublishOutcome;
  /** Everything that survives, as it is now, as data: by account, then by region. */
  records(): MnsRecords;
  /**
   * Makes checked records ready to take the place of all that is here; carried out when called, which never throws.
   * Tenants that they do not name have nothing from then on. With `accountId`, only its tenants are touched.
   */
  prepare(records: MnsRecords, accountId?: string): () => void;
  /** The regions in which an account has a queue or topic of this name. */
  regionsWith(accountId: string, kind: 'queue' | 'topic', name: string): readonly string[];
  /** Takes note of the base URL at which the emulator is served: receivers of pushes fetch the certificate there. */
  servedAt(endpoint: string): void;
  /** Resolves when the pushes that are under way now have their outcomes: within 5 seconds. */
  pushesFinished(): Promise<void>;
  /** Answers every waiting long poll, gives up every push, and cancels every timer. */
  close(): void;
}

/**
 * Creates an MNS without queues and topics; tenants come into being when they are first spoken of. Without a `manner` it is kind.
 * Throws `INVALID_ARGUMENT`.
 */
export function createMnsService(
  context: EmulatorContext,
  push: PushOptions = {},
  options: MnsOptions = {},
  manner?: Manner,
): MnsService {
  const read = readMnsOptions(options, () => context.random.fork('mns/shuffle').integer(0, 0xffff_ffff), manner);
  const hasRoomFor = (bytes: number): boolean => {
    let stored = bytes;
    for (const mns of tenants.values()) stored += mns.storedBytes;
    return stored <= read.maxStoredBytes;
  };
  const settings = { ...read, model: { ...read.model, hasRoomFor } };
  const { clock, random } = context;
  const { wall } = clock;
  const signer = new PushSigner(() => wall.now());
  const pushes = new Pushes({ clock: wall, random: random.fork('mns/pushes'), signer }, push);
  const tenants = new Map<string, MnsTenant>();
  let isClosed = false;
  const mnsOf = (tenant: Tenant): MnsTenant => {
    const key = `${tenant.accountId}/${tenant.region}`;
    const existing = tenants.get(key);
    if (existing !== undefined) return existing;
    const mns = new MnsTenant(tenant, context, pushes, settings);
    tenants.set(key, mns);
    if (isClosed) mns.close();
    return mns;
  };
  const rest = new RestEndpoint(context, mnsOf, settings);
  return {
    records: () => tenantRecords([...tenants.values()].map((mns) => [mns.tenant, mns.record()])),
    prepare: (records, accountId) => {
      const changes = [...eachTenant(records)].map(([tenant, record]) => mnsOf(tenant).prepare(record));
      for (const mns of tenants.values()) {
        const { tenant } = mns;
        const isMeant = accountId === undefined || tenant.accountId === accountId;
        if (isMeant && records[tenant.accountId]?.[tenant.region] === undefined) changes.push(mns.prepare({}));
      }
      return () => {
        for (const change of changes) change();
      };
    },
    handle: (request) => (asksForCertificate(request) ? certificateReply(signer) : rest.handle(request)),
    publish: (tenant, topicName, body) => {
      // A body that XML cannot carry would be stored but could never be received.
      if (!isXmlText(body)) return { ok: false, code: 'InvalidArgument' };
      const result = mnsOf(tenant).publish(topicName, { body, ...NO_PROPERTIES });
      if (result.ok) return { ok: true, messageId: result.value.messageId };
      return { ok: false, code: result.failure.code === 'TopicNotExist' ? 'TopicNotExist' : 'InvalidArgument' };
    },
    tenant: mnsOf,
    tenants: () => [...tenants.values()],
    regionsWith: (accountId, kind, name) =>
      [...tenants.values()]
        .filter((mns) => mns.tenant.accountId === accountId && mns.has(kind, name))
        .map((mns) => mns.tenant.region),
    servedAt: (endpoint) => {
      pushes.servedAt(endpoint);
      rest.servedAt(endpoint);
    },
    pushesFinished: () => pushes.finished(),
    close: () => {
      isClosed = true;
      for (const mns of tenants.values()) mns.close();
      pushes.close();
      manner?.close();
    },
  };
}
