import type { JSX } from 'preact';
import { askPublish } from '../actions/message-actions.js';
import { writeInstant } from '../model/times.js';
import type { PendingDelivery, Subscription, TopicView } from '../model/views.js';
import { DataTable, type Column } from '../parts/data-table.js';
import { Button, Heading, Name, type ViewProps } from '../parts/parts.js';

/** Topics, who subscribes to the one that is open, and what is on its way. */
export function TopicsView({ page }: ViewProps): JSX.Element {
  const { say, state } = page;
  const { topics = [], topicName, subscriptions = [], deliveries } = state;
  const topicColumns: readonly Column<TopicView>[] = [
    { title: say('name'), cell: ({ name }) => <Name text={name} /> },
    { title: say('messagesOfDay'), width: '15rem', isNumber: true, cell: ({ messageCount }) => messageCount },
    {
      title: say('maximumBytes'),
      width: '10rem',
      isNumber: true,
      cell: ({ maximumMessageBytes }) => say('bytes', { count: maximumMessageBytes }),
    },
  ];
  const subscriptionColumns: readonly Column<Subscription>[] = [
    { title: say('name'), width: '26%', cell: ({ name }) => <Name text={name} /> },
    { title: say('endpoint'), cell: ({ endpoint }) => <Name text={endpoint} /> },
    { title: say('format'), width: '8rem', cell: ({ notifyContentFormat }) => notifyContentFormat },
    { title: say('filterTag'), width: '8rem', cell: ({ filterTag = '' }) => <Name text={filterTag} /> },
  ];
  const pendingColumns: readonly Column<PendingDelivery>[] = [
    { title: say('subscription'), width: '26%', cell: (one) => <Name text={one.subscriptionName} /> },
    { title: say('body'), cell: ({ body }) => <Name text={body} /> },
    { title: say('attempt'), width: '6rem', isNumber: true, cell: ({ attempt }) => attempt },
    {
      title: say('nextAttempt'),
      width: '14.5rem',
      isNumber: true,
      cell: ({ dueAtMs }) => (dueAtMs === undefined ? say('now') : writeInstant(dueAtMs)),
    },
  ];
  return (
    <>
      <section class="part upper" aria-label={say('topics')}>
        <Heading title={say('topics')}>
          <Button
            name="publish"
            kind="main"
            label={say('publish')}
            shortcut="p"
            isDisabled={topicName === undefined}
            onClick={() => askPublish(page, topicName ?? '')}
          />
        </Heading>
        <DataTable
          label={say('topics')}
          columns={topicColumns}
          count={topics.length}
          rowAt={(index) => topics[index]}
          keyOf={({ name }) => name}
          empty={state.topics === undefined ? '' : say('noTopics')}
          openKey={topicName}
          onOpen={({ name }) => {
            page.set({ topicName: name, subscriptions: undefined });
            page.refresh();
          }}
        />
      </section>
      {topicName === undefined ? null : (
        <section class="part lower" aria-label={say('subscriptionsOf', { name: topicName })}>
          <Heading level={2} title={<bdi>{say('subscriptionsOf', { name: topicName })}</bdi>} />
          <DataTable
            label={say('subscriptionsOf', { name: topicName })}
            columns={subscriptionColumns}
            count={subscriptions.length}
            rowAt={(index) => subscriptions[index]}
            keyOf={({ name }) => name}
            empty={state.subscriptions === undefined ? '' : say('noSubscriptions')}
          />
          <Heading level={2} title={say('pending')} />
          <DataTable
            label={say('pending')}
            columns={pendingColumns}
            count={deliveries.length}
            rowAt={(index) => deliveries[index]}
            keyOf={({ subscriptionName, messageId }) => `${subscriptionName} ${messageId}`}
            empty={say('noPending')}
          />
        </section>
      )}
    </>
  );
}
