import type { JSX } from 'preact';
import { askMove, askPurge, askSend, redrive, removeMessages } from '../actions/message-actions.js';
import { writeInstant, writeSpan } from '../model/times.js';
import type { QueueView, StoredMessageView } from '../model/views.js';
import { MESSAGES_PER_PAGE } from '../page-loads.js';
import type { MessagePage } from '../page-state.js';
import { DataTable, type Column } from '../parts/data-table.js';
import { Badge, Button, Heading, Name, type ViewProps } from '../parts/parts.js';

const STATES = ['active', 'inactive', 'delayed'] as const;

/** Queues with their counts, and the messages of the one that is open. */
export function QueuesView({ page }: ViewProps): JSX.Element {
  const { say, state } = page;
  const { queues = [], messages } = state;
  const columns: readonly Column<QueueView>[] = [
    { title: say('name'), cell: ({ name }) => <Name text={name} /> },
    ...STATES.map((name): Column<QueueView> => ({
      title: say(name),
      width: '6rem',
      isNumber: true,
      cell: ({ counts }) => (
        <span class="count" data-state={name} data-zero={counts[name] === 0}>
          {counts[name]}
        </span>
      ),
    })),
    {
      title: say('total'),
      width: '6rem',
      isNumber: true,
      cell: ({ counts }) => counts.active + counts.inactive + counts.delayed,
    },
    {
      title: say('visibility'),
      width: '11rem',
      isNumber: true,
      cell: ({ visibilityTimeoutSeconds }) => writeSpan(visibilityTimeoutSeconds * 1000),
    },
    {
      title: say('retention'),
      width: '7rem',
      isNumber: true,
      cell: ({ messageRetentionSeconds }) => writeSpan(messageRetentionSeconds * 1000),
    },
  ];
  return (
    <>
      <section class="part upper" aria-label={say('queues')}>
        <Heading title={say('queues')} />
        <DataTable
          label={say('queues')}
          columns={columns}
          count={queues.length}
          rowAt={(index) => queues[index]}
          keyOf={({ name }) => name}
          empty={state.queues === undefined ? '' : say('noQueues')}
          openKey={messages?.queueName}
          onOpen={({ name }) => openQueue(page, name)}
        />
      </section>
      {messages === undefined ? (
        <p class="part lower empty">{queues.length === 0 ? '' : say('chooseQueue')}</p>
      ) : (
        <Messages page={page} messages={messages} queue={queues.find(({ name }) => name === messages.queueName)} />
      )}
    </>
  );
}

/** Shows the messages of a queue. */
function openQueue(page: ViewProps['page'], queueName: string): void {
  if (page.state.messages?.queueName === queueName) return;
  const none = { trail: [], items: [], nextMarker: undefined, chosen: new Set<string>() };
  page.set({ messages: { queueName, state: '', ...none }, panel: undefined });
  page.refresh();
}

function Messages(
  props: ViewProps & { readonly messages: MessagePage; readonly queue: QueueView | undefined },
): JSX.Element {
  const { page, messages, queue } = props;
  const { say } = page;
  const { queueName, items, chosen, trail, nextMarker } = messages;
  const change = (changed: Partial<MessagePage>): void => {
    page.set({ messages: { ...messages, ...changed } });
  };
  const turn = (changed: Partial<MessagePage>): void => {
    change({ chosen: new Set(), ...changed });
    page.refresh();
  };
  const toggle = ({ messageId }: StoredMessageView): void => {
    const others = new Set(chosen);
    if (!others.delete(messageId)) others.add(messageId);
    change({ chosen: others });
  };
  const total = queue === undefined ? items.length : countOf(queue, messages);
  const first = trail.length * MESSAGES_PER_PAGE;
  return (
    <section class="part lower" aria-label={say('messagesOf', { name: queueName })}>
      <Heading level={2} title={<bdi>{say('messagesOf', { name: queueName })}</bdi>}>
        <Button name="send" kind="main" label={say('send')} shortcut="s" onClick={() => askSend(page, queueName)} />
        <Button
          name="redrive"
          label={chosen.size === 0 ? say('redriveAll') : say('redrive')}
          onClick={() => void redrive(page, messages)}
        />
        <Button name="move" label={say('move')} onClick={() => askMove(page, messages)} />
        <Button
          name="expire"
          label={say('expire')}
          isDisabled={chosen.size === 0}
          onClick={() => void removeMessages(page, 'expire', queueName, chosen)}
        />
        <Button
          name="delete"
          label={say('delete')}
          isDisabled={chosen.size === 0}
          onClick={() => void removeMessages(page, 'delete', queueName, chosen)}
        />
        <Button name="purge" kind="danger" label={say('purge')} onClick={() => askPurge(page, queueName)} />
      </Heading>
      <div class="bar">
        <select
          aria-label={say('state')}
          value={messages.state}
          onChange={({ currentTarget: { value } }) =>
            turn({ state: STATES.find((name) => name === value) ?? '', trail: [] })
          }
        >
          <option value="">{say('anyState')}</option>
          {STATES.map((name) => (
            <option key={name} value={name}>
              {say(name)}
            </option>
          ))}
        </select>
        <span class="quiet">{chosen.size === 0 ? '' : say('selected', { count: chosen.size })}</span>
        <span class="push number">
          {items.length === 0 ? '' : say('page', { from: first + 1, to: first + items.length, total })}
        </span>
        <Button
          name="previous"
          label="‹"
          title={say('previous')}
          isDisabled={trail.length === 0}
          onClick={() => turn({ trail: trail.slice(0, -1) })}
        />
        <Button
          name="next"
          label="›"
          title={say('next')}
          isDisabled={nextMarker === undefined}
          onClick={() => turn({ trail: [...trail, nextMarker ?? ''] })}
        />
      </div>
      <DataTable
        label={say('messagesOf', { name: queueName })}
        columns={messageColumns(page, chosen, toggle)}
        count={items.length}
        rowAt={(index) => items[index]}
        keyOf={({ messageId }) => messageId}
        empty={say('noMessages')}
        openKey={page.state.panel?.kind === 'message' ? page.state.panel.message.messageId : undefined}
        onOpen={(message) => page.set({ panel: { kind: 'message', message } })}
        onToggle={toggle}
      />
    </section>
  );
}

function countOf({ counts }: QueueView, { state }: MessagePage): number {
  return state === '' ? counts.active + counts.inactive + counts.delayed : counts[state];
}

function messageColumns(
  page: ViewProps['page'],
  chosen: ReadonlySet<string>,
  toggle: (message: StoredMessageView) => void,
): readonly Column<StoredMessageView>[] {
  const { say } = page;
  return [
    {
      title: '✓',
      width: '2.5rem',
      cell: (message) => (
        <input
          type="checkbox"
          tabIndex={-1}
          checked={chosen.has(message.messageId)}
          aria-label={say('selectMessage', { name: message.messageId })}
          onClick={(event) => {
            event.stopPropagation();
            toggle(message);
          }}
        />
      ),
    },
    { title: say('state'), width: '7rem', cell: ({ state }) => <Badge page={page} state={state} /> },
    { title: say('body'), cell: ({ body }) => <Name text={body} /> },
    { title: say('dequeueCount'), width: '6.5rem', isNumber: true, cell: ({ dequeueCount }) => dequeueCount },
    { title: say('priority'), width: '5.5rem', isNumber: true, cell: ({ priority }) => priority },
    {
      title: say('enqueued'),
      width: '14.5rem',
      isNumber: true,
      cell: ({ enqueuedAtMs }) => writeInstant(enqueuedAtMs),
    },
  ];
}
