import type { ComponentChildren, JSX } from 'preact';
import { removeMessages } from '../actions/message-actions.js';
import { askFail, askFinish, hold } from '../actions/task-actions.js';
import { writeMembers } from '../model/entry-text.js';
import { readableText, textInBase64 } from '../model/shown-text.js';
import { writeInstant, writeSpan, writeTime } from '../model/times.js';
import type { JournalEntry, StoredMessageView, TaskView } from '../model/views.js';
import type { Panel } from '../page-state.js';
import { Badge, Button, Facts, Name, TextBlock, type ViewProps } from '../parts/parts.js';
import { Course, TraceState } from './timeline-view.js';

/** Everything about the one thing that is open. */
export function SidePanel({ page, panel }: ViewProps & { readonly panel: Panel }): JSX.Element {
  switch (panel.kind) {
    case 'message':
      return <MessagePanel page={page} message={panel.message} />;
    case 'task':
      return <TaskPanel page={page} task={panel.task} />;
    case 'trace':
      return <TracePanel page={page} id={panel.id} />;
    case 'entry':
      return <EntryPanel page={page} entry={panel.entry} />;
  }
}

function Frame(
  props: ViewProps & {
    readonly title: string;
    readonly tools?: ComponentChildren;
    readonly children: ComponentChildren;
  },
): JSX.Element {
  const { page, title, tools, children } = props;
  return (
    <aside class="panel" aria-label={title}>
      <header>
        <h2>
          <bdi>{title}</bdi>
        </h2>
        <Button
          name="close-panel"
          label="✕"
          title={page.say('close')}
          shortcut="Escape"
          onClick={() => page.set({ panel: undefined })}
        />
      </header>
      <div class="tools">{tools}</div>
      {children}
    </aside>
  );
}

function MessagePanel({ page, message }: ViewProps & { readonly message: StoredMessageView }): JSX.Element {
  const { say, state } = page;
  const { messageId, body } = message;
  const decoded = textInBase64(body);
  const queueName = state.messages?.queueName ?? '';
  const remove = (how: 'expire' | 'delete'): void => {
    page.set({ panel: undefined });
    void removeMessages(page, how, queueName, [messageId]);
  };
  return (
    <Frame
      page={page}
      title={say('message')}
      tools={
        <>
          <FollowButton page={page} id={messageId} />
          <Button name="expire-one" label={say('expire')} onClick={() => remove('expire')} />
          <Button name="delete-one" kind="danger" label={say('delete')} onClick={() => remove('delete')} />
        </>
      }
    >
      <Facts
        facts={[
          ['MessageId', <Name key="id" text={messageId} />],
          [say('state'), <Badge key="state" page={page} state={message.state} />],
          [say('enqueued'), writeInstant(message.enqueuedAtMs)],
          [say('due'), writeInstant(message.dueAtMs)],
          [say('expires'), writeInstant(message.expiresAtMs)],
          [say('firstDequeued'), message.dequeueCount === 0 ? say('never') : writeInstant(message.firstDequeuedAtMs)],
          [say('dequeueCount'), message.dequeueCount],
          [say('priority'), message.priority],
          ['MD5', <Name key="md5" text={message.bodyMd5} />],
          ...message.userProperties.map(({ name, value }): [string, JSX.Element] => [
            name,
            <Name key={name} text={value} />,
          ]),
        ]}
      />
      <h3>
        {say('body')} <small>{say('size', { count: body.length })}</small>
      </h3>
      <TextBlock label={say('body')} text={body} />
      {decoded === undefined ? null : (
        <>
          <h3>{say('decodedBody')}</h3>
          <TextBlock label={say('decodedBody')} text={readableText(decoded)} />
        </>
      )}
    </Frame>
  );
}

function TaskPanel({ page, task }: ViewProps & { readonly task: TaskView }): JSX.Element {
  const { say } = page;
  const { taskId, state } = task;
  const hasEnded = state === 'succeeded' || state === 'failed';
  return (
    <Frame
      page={page}
      title={task.taskType}
      tools={
        <>
          <FollowButton page={page} id={taskId} />
          <Button
            name="finish"
            kind="main"
            label={say('finish')}
            isDisabled={hasEnded}
            onClick={() => askFinish(page, taskId)}
          />
          <Button name="hold" label={say('hold')} isDisabled={hasEnded} onClick={() => void hold(page, taskId)} />
          <Button
            name="fail"
            kind="danger"
            label={say('fail')}
            isDisabled={hasEnded}
            onClick={() => askFail(page, taskId)}
          />
        </>
      }
    >
      <Facts
        facts={[
          [say('taskId'), <Name key="id" text={taskId} />],
          [say('state'), <Badge key="state" page={page} state={state} />],
          ['Action', <Name key="action" text={`${task.action} ${task.apiVersion}`} />],
          [say('project'), <Name key="project" text={task.project} />],
          [say('submittedAt'), writeInstant(task.submittedAtMs)],
          [say('endedAt'), task.endedAtMs === undefined ? '' : writeInstant(task.endedAtMs)],
        ]}
      />
      <h3>{say('request')}</h3>
      <TextBlock label={say('request')} text={JSON.stringify(task.request, undefined, 2)} />
      {task.outcome === undefined ? null : (
        <>
          <h3>{say('outcome')}</h3>
          <TextBlock label={say('outcome')} text={JSON.stringify(task.outcome, undefined, 2)} />
        </>
      )}
    </Frame>
  );
}

/** Leads from a task or message to its trace; there is none when the journal has forgotten it. */
function FollowButton({ page, id }: ViewProps & { readonly id: string }): JSX.Element {
  const trace = page.traces.find(id);
  return (
    <Button
      name="follow"
      label={page.say('follow')}
      isDisabled={trace === undefined}
      onClick={() => {
        page.open('timeline');
        page.set({ panel: { kind: 'trace', id: trace?.id ?? id }, timelineShows: 'everything' });
      }}
    />
  );
}

function TracePanel({ page, id }: ViewProps & { readonly id: string }): JSX.Element {
  const { say } = page;
  const trace = page.traces.find(id);
  if (trace === undefined)
    return (
      <Frame page={page} title={id}>
        {say('noEntries')}
      </Frame>
    );
  return (
    <Frame page={page} title={say('trace', { id: trace.id })} tools={<TraceState page={page} trace={trace} />}>
      <Course page={page} trace={trace} />
      <ol class="steps">
        {trace.entries.map((entry, index) => {
          const lagMs = entry.atMs - (trace.entries[index - 1]?.atMs ?? entry.atMs);
          return (
            <li key={entry.sequence} data-kind={entry.kind}>
              <span class="number time">{writeTime(entry.atMs)}</span>
              <span class="number lag">{index === 0 ? '' : `+ ${writeSpan(lagMs)}`}</span>
              <strong>{entry.kind}</strong>
              <Name text={writeMembers(entry)} />
            </li>
          );
        })}
      </ol>
    </Frame>
  );
}

function EntryPanel({ page, entry }: ViewProps & { readonly entry: JournalEntry }): JSX.Element {
  const { sequence, atMs, kind, ...members } = entry;
  const id = 'taskId' in entry ? entry.taskId : 'messageId' in entry ? entry.messageId : undefined;
  return (
    <Frame
      page={page}
      title={page.say('entry', { number: sequence })}
      tools={id === undefined ? null : <FollowButton page={page} id={id} />}
    >
      <Facts
        facts={[
          [page.say('time'), writeInstant(atMs)],
          [page.say('kind'), kind],
          ...Object.entries(members).map(([name, value]): [string, JSX.Element] => [
            name,
            <Name key={name} text={typeof value === 'string' ? value : (JSON.stringify(value) ?? '')} />,
          ]),
        ]}
      />
    </Frame>
  );
}
