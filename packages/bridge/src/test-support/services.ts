import { SeededRandom, SystemClock, type WireHandler } from '@mnsbus/core';
import { credentialsSource } from '../credentials/credentials-source.js';
import { directRpc, socketRpc } from '../imm/rpc-transport.js';
import { transportOf } from './mounts.js';

/** A way of the bridge to a service, whichever it is. */
export interface ServiceWay {
  /** Makes a call that asks for something, and gives it up after `timeoutMs`. */
  readonly ask: () => Promise<unknown>;
  readonly close: () => void;
}

/** What a way is made of. */
export interface ServiceWayInput {
  readonly endpoint: string;
  readonly maxReplyBytes?: number;
  readonly timeoutMs?: number;
  /** Calls this function instead of the network. */
  readonly handler?: WireHandler;
}

/** A service, as far as replies to one call go. */
export interface Service {
  readonly contentType: string;
  /** The code of a call that it has not answered. */
  readonly unreachable: string;
  /** A reply with which it refuses a call, for another reason than its keys. */
  readonly refusal: string;
  /** A good reply of exactly so many bytes. */
  readonly replyOf: (bytes: number) => string;
  readonly wayTo: (input: ServiceWayInput) => ServiceWay;
}

const keys = { accountId: '1', accessKeyId: 'ak', accessKeySecret: 'sk' };

/** Both services that the bridge calls. A test that takes its `Service` from here says the same of both. */
export const services: Readonly<Record<'MNS' | 'IMM', Service>> = {
  MNS: {
    contentType: 'text/xml',
    unreachable: 'MNS_UNREACHABLE',
    refusal:
      '<Error><Code>AccessDenied</Code><Message>m</Message><RequestId>R</RequestId><HostId>http://1.mns.test</HostId></Error>',
    replyOf: (bytes) => padded('<Queue><QueueName>', '</QueueName></Queue>', bytes),
    wayTo: ({ endpoint, maxReplyBytes, timeoutMs = 30_000, handler }) => {
      const transport = transportOf({ ...keys, endpoint }, new SystemClock(), handler, maxReplyBytes);
      const call = { method: 'GET', resource: '/queues/q', rootName: 'Queue', expected: [200], body: '' } as const;
      return { ask: () => transport.call({ ...call, timeoutMs }), close: () => transport.close() };
    },
  },
  IMM: {
    contentType: 'application/json',
    unreachable: 'IMM_UNREACHABLE',
    refusal: '{"RequestId":"R","Code":"NoPermission","Message":"m"}',
    replyOf: (bytes) => padded('{"RequestId":"', '"}', bytes),
    wayTo: ({ endpoint, maxReplyBytes, timeoutMs = 30_000, handler }) => {
      const clock = new SystemClock();
      const random = new SeededRandom('services');
      const credentials = credentialsSource('imm', keys, { clock, random, report: () => {} });
      const parts = { endpoint, apiVersion: '2020-09-30', credentials, clock, random, readTimeoutMs: timeoutMs };
      const limited = { ...parts, maxReplyBytes };
      const rpc = handler === undefined ? socketRpc(limited) : directRpc(limited, handler);
      return { ask: () => rpc.call('ListProjects', {}), close: () => rpc.close() };
    },
  },
};

function padded(start: string, end: string, bytes: number): string {
  return start + 'x'.repeat(bytes - start.length - end.length) + end;
}
