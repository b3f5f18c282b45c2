import type { ContractReply, ContractRequest, ContractTarget } from './contract-target.js';

// The planted defects that need a memory.

/** Hands out the handle of the first delivery at every delivery, and takes it for the newest. */
export function reusedHandles(target: ContractTarget): ContractTarget {
  const firstOf = new Map<string, string>();
  const newestOf = new Map<string, string>();
  return {
    ...target,
    call: async (request) => {
      const reply = await target.call(withHandles(request, (handle) => newestOf.get(handle) ?? handle));
      const items = reply.items.map((item) => {
        const { MessageId: id, ReceiptHandle: handle } = item;
        if (id === undefined || handle === undefined) return item;
        const first = firstOf.get(id) ?? handle;
        firstOf.set(id, first);
        newestOf.set(first, handle);
        return { ...item, ReceiptHandle: first };
      });
      return { ...reply, items };
    },
  };
}

/** Takes any handle that a message ever had for its newest. */
export function revivedHandles(target: ContractTarget): ContractTarget {
  const idOf = new Map<string, string>();
  const newestOf = new Map<string, string>();
  return {
    ...target,
    call: async (request) => {
      const reply = await target.call(withHandles(request, (handle) => newestOf.get(idOf.get(handle) ?? '') ?? handle));
      for (const { MessageId: id, ReceiptHandle: handle } of reply.items) {
        if (id === undefined || handle === undefined) continue;
        idOf.set(handle, id);
        newestOf.set(id, handle);
      }
      return reply;
    },
  };
}

/** Receives where it was asked to peek, and hides it. */
export function forgetfulPeeks(target: ContractTarget): ContractTarget {
  return {
    ...target,
    call: async (request) => {
      const reply = await target.call({ ...request, resource: request.resource.replace('peekonly=true&', '') });
      if (!request.resource.includes('peekonly=true')) return reply;
      const items = reply.items.map(({ ReceiptHandle: _handle, NextVisibleTime: _time, ...item }) => item);
      return { ...reply, items };
    },
  };
}

/** Gives each answer of a waiting receive to the one that has waited for the shortest time. */
export function lastInFirstOut(target: ContractTarget): ContractTarget {
  const waiting: ((reply: ContractReply) => void)[] = [];
  return {
    ...target,
    call: (request) => {
      if (request.method !== 'GET' || !/waitseconds=[1-9]/.test(request.resource) || request.signal !== undefined) {
        return target.call(request);
      }
      return new Promise((resolve, reject) => {
        waiting.push(resolve);
        target.call(request).then((reply) => waiting.pop()?.(reply), reject);
      });
    },
  };
}

function withHandles(request: ContractRequest, change: (handle: string) => string): ContractRequest {
  return {
    ...request,
    resource: request.resource.replace(/(?<=receiptHandle=)[^&]+/i, (text) => change(decodeURIComponent(text))),
    body: request.body.replaceAll(/(?<=<ReceiptHandle>)[^<]+/g, (text) => change(text)),
  };
}
