import type { Page } from '../page.js';
import type { MessagePage } from '../page-state.js';

/** Asks what to send to a queue. */
export function askSend(page: Page, queueName: string): void {
  const { say } = page;
  page.ask({
    title: say('sendTo', { name: queueName }),
    submit: say('send'),
    fields: [
      { name: 'body', label: say('body'), kind: 'area', isRequired: true },
      { name: 'delaySeconds', label: say('delaySeconds'), kind: 'number', help: say('optional') },
      { name: 'priority', label: say('priority'), kind: 'number', help: say('optional') },
    ],
    act: async ({ body = '', delaySeconds, priority }) => {
      const { messageId } = await page.api.post<{ messageId: string }>('/send', {
        ...page.state.tenant,
        queueName,
        body,
        ...numberMember('delaySeconds', delaySeconds),
        ...numberMember('priority', priority),
      });
      return say('sentDone', { id: messageId });
    },
  });
}

/** Asks what to publish to a topic. */
export function askPublish(page: Page, topicName: string): void {
  const { say } = page;
  page.ask({
    title: say('publishTo', { name: topicName }),
    submit: say('publish'),
    fields: [
      { name: 'body', label: say('body'), kind: 'area', isRequired: true },
      { name: 'tag', label: say('tag'), kind: 'line', help: say('optional') },
    ],
    act: async ({ body = '', tag = '' }) => {
      const { messageId } = await page.api.post<{ messageId: string }>('/publish', {
        ...page.state.tenant,
        topicName,
        body,
        ...(tag === '' ? {} : { tag }),
      });
      return say('publishedDone', { id: messageId });
    },
  });
}

/** Makes the chosen messages active now, or all. */
export function redrive(page: Page, { queueName, chosen }: MessagePage): Promise<void> {
  return page.act(async () => {
    const { messageIds } = await page.api.post<Ids>('/redrive', {
      ...page.state.tenant,
      queueName,
      ...(chosen.size === 0 ? {} : { messageIds: [...chosen] }),
    });
    return page.say('redriveDone', { count: messageIds.length });
  });
}

/** Asks where to move the chosen messages, or all. */
export function askMove(page: Page, { queueName, chosen }: MessagePage): void {
  const { say } = page;
  page.ask({
    title: say('move'),
    submit: say('move'),
    fields: [
      {
        name: 'toQueueName',
        label: say('moveTo'),
        kind: 'choice',
        choices: (page.state.queues ?? []).map(({ name }) => name).filter((name) => name !== queueName),
        help: say('moveHelp'),
        isRequired: true,
      },
    ],
    act: async ({ toQueueName = '' }) => {
      const { messageIds } = await page.api.post<Ids>('/redrive', {
        ...page.state.tenant,
        queueName,
        toQueueName,
        ...(chosen.size === 0 ? {} : { messageIds: [...chosen] }),
      });
      return say('moveDone', { count: messageIds.length, name: toQueueName });
    },
  });
}

/** Removes messages as if their retention were over, or by a delete. */
export function removeMessages(
  page: Page,
  how: 'expire' | 'delete',
  queueName: string,
  messageIds: Iterable<string>,
): Promise<void> {
  return page.act(async () => {
    const body = { ...page.state.tenant, queueName, messageIds: [...messageIds] };
    const { length: count } = (await page.api.post<Ids>(`/${how}`, body)).messageIds;
    return page.say(how === 'expire' ? 'expireDone' : 'deleteDone', { count });
  });
}

/** Asks whether to delete every message of a queue. */
export function askPurge(page: Page, queueName: string): void {
  const { say } = page;
  page.ask({
    title: say('purgeQuestion', { name: queueName }),
    submit: say('purge'),
    isDangerous: true,
    fields: [],
    act: async () => {
      const { count } = await page.api.post<{ count: number }>('/purge', { ...page.state.tenant, queueName });
      return say('purgeDone', { count });
    },
  });
}

interface Ids {
  readonly messageIds: readonly string[];
}

/** A member with the number that was typed, if any was. */
function numberMember(name: string, text = ''): Readonly<Record<string, number>> {
  return text === '' ? {} : { [name]: Number(text) };
}
