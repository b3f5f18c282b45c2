import { getAccount, getAccountAttributes, openService, setAccountAttributes } from './account-operations.js';
import { batchPeekMessage, batchReceiveMessage, peekMessage, receiveMessage } from './receive-operations.js';
import { batchDeleteMessage, changeMessageVisibility, deleteMessage } from './settle-operations.js';
import { batchSendMessage, sendMessage } from './send-operations.js';
import { createQueue, deleteQueue, getQueueAttributes, listQueue, setQueueAttributes } from './queue-operations.js';
import {
  createTopic,
  deleteTopic,
  getTopicAttributes,
  listTopic,
  publishMessage,
  setTopicAttributes,
} from './topic-operations.js';
import {
  getSubscriptionAttributes,
  listSubscriptionByTopic,
  setSubscriptionAttributes,
  subscribe,
  unsubscribe,
} from './subscription-operations.js';
import type { ResourceKind } from '../model/resource-name.js';
import type { Operation } from './operation.js';
import type { RequestBody } from './request-body.js';
import type { RequestTarget } from './request-target.js';

/** An operation, and the names of what it is about. */
export interface Route {
  readonly operation: Operation;
  /** By kind, as the path spells them. */
  readonly names: Readonly<Partial<Record<ResourceKind, string>>>;
}

type Query = ReadonlyMap<string, string>;
type Choose = (query: Query, body: RequestBody) => Operation | undefined;

interface PathRoutes {
  /** Pieces of the path; a kind stands for any name of that kind. */
  readonly path: readonly (string | { readonly kind: ResourceKind })[];
  readonly methods: Readonly<Record<string, Choose>>;
}

const queue = { kind: 'queue' } as const;
const topic = { kind: 'topic' } as const;
const subscription = { kind: 'subscription' } as const;

/** Every path of the API that is answered, and what each method means there (spec mns §2). */
const ROUTES: readonly PathRoutes[] = [
  {
    path: [''],
    methods: {
      PUT: (query) => (isTrue(query, 'accountmeta') ? setAccountAttributes : undefined),
      GET: (query) => {
        if (isTrue(query, 'accountmeta')) return getAccountAttributes;
        return query.has('account') ? getAccount : undefined;
      },
    },
  },
  { path: ['commonbuy', 'openservice'], methods: { POST: () => openService } },
  { path: ['queues'], methods: { GET: () => listQueue } },
  {
    path: ['queues', queue],
    methods: {
      PUT: (query) => (isTrue(query, 'metaoverride') ? setQueueAttributes : createQueue),
      GET: () => getQueueAttributes,
      DELETE: () => deleteQueue,
    },
  },
  {
    path: ['queues', queue, 'messages'],
    methods: {
      POST: (_, body) => (body.rootName === 'Messages' ? batchSendMessage : sendMessage),
      GET: (query) => {
        const isBatch = query.has('numofmessages');
        if (isTrue(query, 'peekonly')) return isBatch ? batchPeekMessage : peekMessage;
        return isBatch ? batchReceiveMessage : receiveMessage;
      },
      PUT: () => changeMessageVisibility,
      // A handle in the query wins over a body (spec mns §11.12).
      DELETE: (query, body) => (query.has('receipthandle') || body.isEmpty ? deleteMessage : batchDeleteMessage),
    },
  },
  { path: ['topics'], methods: { GET: () => listTopic } },
  {
    path: ['topics', topic],
    methods: {
      PUT: (query) => (isTrue(query, 'metaoverride') ? setTopicAttributes : createTopic),
      GET: () => getTopicAttributes,
      DELETE: () => deleteTopic,
    },
  },
  { path: ['topics', topic, 'messages'], methods: { POST: () => publishMessage } },
  { path: ['topics', topic, 'subscriptions'], methods: { GET: () => listSubscriptionByTopic } },
  {
    path: ['topics', topic, 'subscriptions', subscription],
    methods: {
      PUT: (query) => (isTrue(query, 'metaoverride') ? setSubscriptionAttributes : subscribe),
      GET: () => getSubscriptionAttributes,
      DELETE: () => unsubscribe,
    },
  },
];

/** What a request asks for; `undefined` when the API, as far as it is here, has no such thing. */
export function findRoute(method: string, { segments, query }: RequestTarget, body: RequestBody): Route | undefined {
  for (const { path, methods } of ROUTES) {
    const names = matchPath(path, segments);
    if (names === undefined) continue;
    const operation = Object.hasOwn(methods, method) ? methods[method]?.(query, body) : undefined;
    return operation === undefined ? undefined : { operation, names };
  }
  return undefined;
}

function matchPath(path: PathRoutes['path'], segments: readonly string[]): Route['names'] | undefined {
  if (path.length !== segments.length) return undefined;
  if (!path.every((piece, index) => typeof piece !== 'string' || piece === segments[index])) return undefined;
  const names: Partial<Record<ResourceKind, string>> = {};
  for (const [index, piece] of path.entries()) {
    if (typeof piece !== 'string') names[piece.kind] = segments[index] ?? '';
  }
  return names;
}

function isTrue(query: Query, name: string): boolean {
  return query.get(name)?.toLowerCase() === 'true';
}
