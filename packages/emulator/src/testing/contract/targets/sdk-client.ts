import type { ReplyItem } from '../contract-target.js';
import type { ContractClient } from './wire-client.js';

/** What the suite calls of a client of `@alicloud/mns`. */
export interface SdkLike {
  request(
    method: string,
    resource: string,
    root: string,
    body: Uint8Array,
  ): Promise<{ readonly code: number; readonly body?: unknown }>;
}

/** Calls through the official client, `new MNSClient(…)` of `@alicloud/mns`: what the suite sees is what an app sees. */
export function sdkClient(client: SdkLike): ContractClient {
  return async ({ method, resource, root, body }) => {
    try {
      const reply = await client.request(method, resource, root, Buffer.from(body, 'utf8'));
      return { status: reply.code, items: itemsOf(reply.body, root) };
    } catch (error) {
      const code = error instanceof Error ? /^MNS(\w+?)Error$/.exec(error.name)?.[1] : undefined;
      if (code === undefined) throw error;
      return { status: 0, code, items: [] };
    }
  };
}

// The client turns `<Messages><Message>…` into `{ Message: [{ … }] }`, and `<Message>…` into `{ … }`.
function itemsOf(body: unknown, root: string): readonly ReplyItem[] {
  if (typeof body !== 'object' || body === null) return [];
  const child = root.endsWith('s') ? Object.values(body)[0] : undefined;
  const list: readonly unknown[] = Array.isArray(child) ? child : [body];
  return list.map((item) => textsIn(item));
}

function textsIn(item: unknown): ReplyItem {
  if (typeof item !== 'object' || item === null) return {};
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, String(value)]));
}
