import { ApiRefusal, type ApiClient } from './api-client.js';
import type {
  ClockView,
  FaultView,
  Hint,
  InspectedAccount,
  PendingDelivery,
  QueueView,
  StoredMessageView,
  Subscription,
  TaskView,
  TopicView,
} from './model/views.js';
import type { PageState, ShownTenant } from './page-state.js';

/** Messages of a page. Bodies come along, and each may have 64 KiB. */
export const MESSAGES_PER_PAGE = 100;

interface Items<T> {
  readonly items: readonly T[];
  readonly nextMarker?: string;
}

/** Puts what was read into the state as it is by then: what was opened or selected meanwhile stays so. */
export type Update = (now: PageState) => Partial<PageState>;

/** Reads what every view shows. Rejects with an `ApiRefusal`. */
export async function loadFrame(api: ApiClient, state: PageState): Promise<Update> {
  const [{ accounts, clock }, hints, faults] = await Promise.all([
    api.get<{ accounts: readonly InspectedAccount[]; clock: ClockView }>('/inspect'),
    api.get<Items<Hint>>('/hints'),
    api.get<Items<FaultView>>('/faults'),
  ]);
  const { accountId, region } = state.tenant ?? (await api.get<ShownTenant>('/health'));
  return (now) => ({
    accounts,
    clock,
    hints: hints.items,
    faults: faults.items,
    ...(now.tenant === undefined ? { tenant: { accountId, region } } : {}),
  });
}

/** Reads what the present view shows. Rejects with an `ApiRefusal`. */
export async function loadView(api: ApiClient, state: PageState): Promise<Update> {
  const own = await loadOwn(api, state);
  // What was asked of one tenant is nothing to show for another.
  return (now) => (now.tenant === state.tenant ? own(now) : {});
}

async function loadOwn(api: ApiClient, state: PageState): Promise<Update> {
  const tenant = { ...state.tenant };
  switch (state.view) {
    case 'queues': {
      const [queues, messages] = await Promise.all([
        api.all<QueueView>('/inspect/queues', tenant),
        loadMessages(api, state),
      ]);
      return (now) => ({ queues, ...messages(now) });
    }
    case 'topics':
      return loadTopics(api, state);
    case 'tasks': {
      // Of very many the newest thousand: what follows is a page that nobody scrolls through.
      const { items: tasks } = await api.get<Items<TaskView>>('/tasks', { newestFirst: 'true' });
      return ({ panel }) => {
        const task = tasks.find(({ taskId }) => panel?.kind === 'task' && taskId === panel.task.taskId);
        return task === undefined ? { tasks } : { tasks, panel: { kind: 'task', task } };
      };
    }
    case 'faults':
    case 'timeline':
    case 'journal':
    case 'clock':
      return () => ({});
  }
}

async function loadTopics(api: ApiClient, state: PageState): Promise<Update> {
  const tenant = { ...state.tenant };
  const topics = await api.all<TopicView>('/inspect/topics', tenant);
  const topicName = topics.find(({ name }) => name === state.topicName)?.name ?? topics[0]?.name;
  const [subscriptions, { items: deliveries }] = await Promise.all([
    topicName === undefined
      ? undefined
      : api.all<Subscription>(`/inspect/topics/${encodeURIComponent(topicName)}/subscriptions`, tenant),
    api.get<Items<PendingDelivery>>('/inspect/deliveries', tenant),
  ]);
  return (now) => ({
    topics,
    deliveries,
    ...(now.topicName === state.topicName ? { topicName, subscriptions } : {}),
  });
}

async function loadMessages(api: ApiClient, { messages: shown, tenant }: PageState): Promise<Update> {
  if (shown === undefined) return () => ({});
  const path = `/inspect/queues/${encodeURIComponent(shown.queueName)}/messages`;
  const query = {
    ...tenant,
    limit: MESSAGES_PER_PAGE,
    marker: shown.trail.at(-1),
    state: shown.state === '' ? undefined : shown.state,
  };
  const page = await api.get<Items<StoredMessageView>>(path, query).catch((error: unknown) => {
    // A queue that was deleted meanwhile has no messages; that it is gone is seen in the list.
    if (error instanceof ApiRefusal && error.code === 'RESOURCE_NOT_FOUND') return undefined;
    throw error;
  });
  return ({ messages, panel }) => {
    const isSame =
      messages?.queueName === shown.queueName && messages.state === shown.state && messages.trail === shown.trail;
    if (!isSame) return {};
    if (page === undefined) return { messages: undefined };
    const byId = new Map(page.items.map((message) => [message.messageId, message]));
    const opened = panel?.kind === 'message' ? byId.get(panel.message.messageId) : undefined;
    const chosen = new Set([...messages.chosen].filter((id) => byId.has(id)));
    return {
      messages: { ...messages, items: page.items, nextMarker: page.nextMarker, chosen },
      ...(opened === undefined ? {} : { panel: { kind: 'message', message: opened } }),
    };
  };
}
