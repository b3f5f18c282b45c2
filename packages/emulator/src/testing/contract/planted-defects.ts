import type { ContractReply, ContractRequest, ContractTarget, ReplyItem } from './contract-target.js';
import { forgetfulPeeks, lastInFirstOut, revivedHandles, reusedHandles } from './defective-targets.js';
import type { Invariant } from './invariant.js';
import { receiveMessages, sendMessage } from './requests.js';

/** A fault that a target is given on purpose, to see that the check of one invariant catches it. */
export interface PlantedDefect {
  readonly invariant: Invariant;
  /** What the target does wrong. */
  readonly defect: string;
  /** Which runs catch it: of steps one after the other, of clients side by side, or each of both. */
  readonly caughtBy: 'steps' | 'clients' | 'both';
  /** The target with the fault; `delay` waits by the target's own clock. */
  readonly plant: (target: ContractTarget, delay: (ms: number) => Promise<void>) => ContractTarget;
}

/** The names of the tests that catch a planted defect, for whoever prints which test checks what. */
export function testsOf({ invariant, defect, caughtBy }: Omit<PlantedDefect, 'plant'>): readonly string[] {
  return [
    ...(caughtBy === 'clients' ? [] : [`${invariant}, in steps: a target that ${defect}`]),
    ...(caughtBy === 'steps' ? [] : [`${invariant}, side by side: a target that ${defect}`]),
  ];
}

type Call = ContractTarget['call'];

/** A target whose calls go through this. */
function through(
  target: ContractTarget,
  call: (request: ContractRequest, call: Call) => Promise<ContractReply>,
): ContractTarget {
  return { ...target, call: (request) => call(request, target.call) };
}

const EMPTY: ContractReply = { status: 404, code: 'MessageNotExist', items: [] };

const isReceive = ({ operation }: ContractRequest): boolean =>
  operation === 'ReceiveMessage' || operation === 'BatchReceiveMessage';

/** Changes each delivered message. */
const deliver = (target: ContractTarget, change: (item: ReplyItem) => ReplyItem): ContractTarget =>
  through(target, async (request, call) => {
    const reply = await call(request);
    return isReceive(request) ? { ...reply, items: reply.items.map((item) => change(item)) } : reply;
  });

/** Changes each request before it is carried out. */
const rewrite = (target: ContractTarget, change: (request: ContractRequest) => ContractRequest): ContractTarget =>
  through(target, (request, call) => call(change(request)));

const withoutElement = (request: ContractRequest, name: string): ContractRequest => ({
  ...request,
  body: request.body.replaceAll(new RegExp(`<${name}>[^<]*</${name}>`, 'g'), ''),
});

const queueOf = ({ resource }: ContractRequest): string => resource.split(/[/?]/)[2] ?? '';

/** One fault for each invariant that the suite checks. Whoever writes a target can see with them that its runs can fail. */
export const plantedDefects: readonly PlantedDefect[] = [
  {
    invariant: 'I1',
    defect: 'counts one message that is not there',
    caughtBy: 'both',
    plant: (target) =>
      through(target, async (request, call) => {
        const reply = await call(request);
        if (request.operation !== 'GetQueueAttributes') return reply;
        const items = reply.items.map((item) => ({
          ...item,
          ActiveMessages: String(Number(item['ActiveMessages']) + 1),
        }));
        return { ...reply, items };
      }),
  },
  {
    invariant: 'I2',
    defect: 'adds a character to the body',
    caughtBy: 'both',
    plant: (target) => deliver(target, (item) => ({ ...item, MessageBody: `${item['MessageBody']}!` })),
  },
  {
    invariant: 'I3',
    defect: 'deletes a message instead of delivering it',
    caughtBy: 'both',
    plant: (target) =>
      through(target, async (request, call) => {
        const reply = await call(request);
        const [lost] = reply.items;
        if (!isReceive(request) || reply.items.length !== 1 || lost === undefined) return reply;
        const resource = `/queues/${queueOf(request)}/messages?ReceiptHandle=${lost['ReceiptHandle']}`;
        await call({ operation: 'DeleteMessage', method: 'DELETE', resource, root: '', body: '' });
        return EMPTY;
      }),
  },
  {
    invariant: 'I4',
    defect: 'acknowledges a delete, and keeps the message',
    caughtBy: 'both',
    plant: (target) =>
      through(target, async (request, call) =>
        request.operation.endsWith('DeleteMessage') ? { status: 204, items: [] } : call(request),
      ),
  },
  {
    invariant: 'I5',
    defect: 'answers a batch send in reverse order',
    caughtBy: 'steps',
    plant: (target) =>
      through(target, async (request, call) => {
        const reply = await call(request);
        return request.operation === 'BatchSendMessage' ? { ...reply, items: reply.items.toReversed() } : reply;
      }),
  },
  {
    invariant: 'I5',
    defect: 'gives every message the same id',
    caughtBy: 'both',
    plant: (target) =>
      through(target, async (request, call) => {
        const reply = await call(request);
        if (request.operation !== 'SendMessage' || reply.code !== undefined) return reply;
        return { ...reply, items: reply.items.map((item) => ({ ...item, MessageId: '0' })) };
      }),
  },
  {
    invariant: 'I6',
    defect: 'hands out the handle of the first delivery at every delivery',
    caughtBy: 'both',
    plant: reusedHandles,
  },
  {
    invariant: 'I7',
    defect: 'takes any handle that a message ever had',
    caughtBy: 'both',
    plant: revivedHandles,
  },
  {
    invariant: 'I8',
    defect: 'does not decode a handle that was percent-encoded',
    caughtBy: 'steps',
    plant: (target) =>
      rewrite(target, (request) => ({ ...request, resource: request.resource.replaceAll('%3D', '%253D') })),
  },
  {
    invariant: 'I9',
    defect: 'counts every delivery as the first',
    caughtBy: 'both',
    plant: (target) => deliver(target, (item) => ({ ...item, DequeueCount: '1' })),
  },
  {
    invariant: 'I10',
    defect: 'forgets the delay of a message',
    caughtBy: 'both',
    plant: (target) => rewrite(target, (request) => withoutElement(request, 'DelaySeconds')),
  },
  {
    invariant: 'I11',
    defect: 'delivers a message again while it is leased',
    caughtBy: 'both',
    plant: (target) => {
      let last: ReplyItem | undefined;
      return through(target, async (request, call) => {
        const reply = await call(request);
        if (!isReceive(request)) return reply;
        if (reply.items.length === 0 && last !== undefined) {
          const again = {
            ...last,
            ReceiptHandle: `${last['ReceiptHandle']}=`,
            DequeueCount: String(Number(last['DequeueCount']) + 1),
          };
          last = undefined;
          return { status: 200, items: [again] };
        }
        last = reply.items.at(-1);
        return reply;
      });
    },
  },
  {
    invariant: 'I12',
    defect: 'says that a lease ends a millisecond before its end',
    caughtBy: 'steps',
    plant: (target) =>
      deliver(target, (item) => ({ ...item, NextVisibleTime: String(Number(item['NextVisibleTime']) - 1) })),
  },
  {
    invariant: 'I13',
    defect: 'keeps messages for a minute longer than their retention',
    caughtBy: 'steps',
    plant: (target) =>
      rewrite(target, (request) => ({
        ...request,
        body: request.body.replace('<MessageRetentionPeriod>60<', '<MessageRetentionPeriod>120<'),
      })),
  },
  { invariant: 'I14', defect: 'takes what it shows in a peek', caughtBy: 'steps', plant: forgetfulPeeks },
  {
    invariant: 'I15',
    defect: 'forgets the priority of a message',
    caughtBy: 'steps',
    plant: (target) => rewrite(target, (request) => withoutElement(request, 'Priority')),
  },
  {
    invariant: 'I16',
    defect: 'answers a waiting receive at once',
    caughtBy: 'steps',
    plant: (target) =>
      rewrite(target, (request) => ({
        ...request,
        resource: request.resource.replace(/waitseconds=[1-9]\b/, 'waitseconds=0'),
      })),
  },
  {
    invariant: 'I17',
    defect: 'wakes the waiter that came last',
    caughtBy: 'both',
    plant: lastInFirstOut,
  },
  {
    invariant: 'I18',
    defect: 'waits for more messages when a batch receive has found one',
    caughtBy: 'steps',
    plant: (target, delay) =>
      through(target, async (request, call) => {
        const reply = await call(request);
        if (request.operation === 'BatchReceiveMessage' && /waitseconds=[1-9]/.test(request.resource)) await delay(200);
        return reply;
      }),
  },
  {
    invariant: 'I19',
    defect: 'reports no bad handle of a batch delete',
    caughtBy: 'both',
    plant: (target) =>
      through(target, async (request, call) => {
        const reply = await call(request);
        return request.operation === 'BatchDeleteMessage' ? { status: 204, items: [] } : reply;
      }),
  },
  {
    invariant: 'I20',
    defect: 'stores something of a send that it refuses',
    caughtBy: 'steps',
    plant: (target) =>
      through(target, async (request, call) => {
        const reply = await call(request);
        if (request.operation === 'SendMessage' && reply.code === 'InvalidArgument') {
          await call(sendMessage(queueOf(request), { body: 'refused' }));
        }
        return reply;
      }),
  },
  {
    invariant: 'I20',
    defect: 'takes a message for a receive that it refuses',
    caughtBy: 'steps',
    plant: (target) =>
      through(target, async (request, call) => {
        const reply = await call(request);
        if (isReceive(request) && reply.code === 'InvalidArgument') await call(receiveMessages(queueOf(request)));
        return reply;
      }),
  },
  {
    invariant: 'I21',
    defect: 'does not look at the signature',
    caughtBy: 'steps',
    plant: (target) => rewrite(target, ({ tamper: _tamper, ...request }) => request),
  },
  {
    invariant: 'I22',
    defect: 'drops carriage returns',
    caughtBy: 'steps',
    plant: (target) => rewrite(target, (request) => ({ ...request, body: request.body.replaceAll('&#13;', '') })),
  },
  {
    invariant: 'I23',
    defect: 'forgets the tag of a published message',
    caughtBy: 'steps',
    plant: (target) => rewrite(target, (request) => withoutElement(request, 'MessageTag')),
  },
];
