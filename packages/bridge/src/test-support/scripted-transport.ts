import type { SdkReply } from '../mns/sdk-client.js';
import type { MnsCall, MnsTransport } from '../mns/transport.js';

/** What the script says to a call: a reply, or something to reject with. May be asynchronous. */
export type Script = (call: MnsCall) => SdkReply | Promise<SdkReply>;

/** A transport that answers from a script, for faults that no emulator produces on its own. */
export interface ScriptedTransport extends MnsTransport {
  readonly calls: MnsCall[];
  script: Script;
}

/** Creates a transport; every call goes to `script`, which may be exchanged at any time. */
export function scriptedTransport(script: Script): ScriptedTransport {
  const transport: ScriptedTransport = {
    calls: [],
    script,
    call: async (call) => {
      transport.calls.push(call);
      call.signal?.throwIfAborted();
      return transport.script(call);
    },
    close: () => {},
  };
  return transport;
}

/** What `@alicloud/mns` throws when the service refuses. */
export function sdkRefusal(mnsCode: string, status: number): Error {
  const text = `GET http://mns.test/ failed with ${status}. requestid: R, hostid: http://mns.test, message: refused`;
  return Object.assign(new Error(text), { name: `MNS${mnsCode}Error` });
}

/** The script of a service that refuses every call. */
export const refusing =
  (mnsCode: string, status: number): Script =>
  () => {
    throw sdkRefusal(mnsCode, status);
  };

/** The reply to a receive that brings these bodies, first deliveries with a lease of `leaseMs`. */
export function receiveReply(
  nowMs: number,
  leaseMs: number,
  messages: readonly { id: string; body: string; md5: string }[],
): SdkReply {
  return {
    code: 200,
    headers: { date: new Date(nowMs).toUTCString() },
    body: {
      Message: messages.map(({ id, body, md5 }) => ({
        MessageId: id,
        MessageBodyMD5: md5,
        MessageBody: body,
        ReceiptHandle: `handle-of-${id}`,
        EnqueueTime: String(nowMs - 10),
        FirstDequeueTime: String(nowMs),
        NextVisibleTime: String(nowMs + leaseMs),
        DequeueCount: '1',
        Priority: '8',
      })),
    },
  };
}
