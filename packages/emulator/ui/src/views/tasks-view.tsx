import type { JSX } from 'preact';
import { writeInstant, writeSpan } from '../model/times.js';
import type { TaskView } from '../model/views.js';
import { DataTable, type Column } from '../parts/data-table.js';
import { Badge, Heading, Name, type ViewProps } from '../parts/parts.js';

/** Tasks of both generations of IMM, the newest first. */
export function TasksView({ page }: ViewProps): JSX.Element {
  const { say, state } = page;
  const { tasks = [], panel } = state;
  const columns: readonly Column<TaskView>[] = [
    { title: say('taskId'), cell: ({ taskId }) => <Name text={taskId} /> },
    { title: say('type'), width: '11rem', cell: ({ taskType }) => <Name text={taskType} /> },
    { title: say('project'), width: '7rem', cell: ({ project }) => <Name text={project} /> },
    { title: say('state'), width: '7rem', cell: (task) => <Badge page={page} state={task.state} /> },
    {
      title: say('submittedAt'),
      width: '14.5rem',
      isNumber: true,
      cell: ({ submittedAtMs }) => writeInstant(submittedAtMs),
    },
    {
      title: say('took'),
      width: '6rem',
      isNumber: true,
      cell: ({ submittedAtMs, endedAtMs }) => (endedAtMs === undefined ? '' : writeSpan(endedAtMs - submittedAtMs)),
    },
  ];
  return (
    <section class="part whole" aria-label={say('tasks')}>
      <Heading title={say('tasks')} />
      <DataTable
        label={say('tasks')}
        columns={columns}
        count={tasks.length}
        rowAt={(index) => tasks[index]}
        keyOf={({ taskId }) => taskId}
        empty={state.tasks === undefined ? '' : say('noTasks')}
        openKey={panel?.kind === 'task' ? panel.task.taskId : undefined}
        onOpen={(task) => page.set({ panel: { kind: 'task', task } })}
        growsAtTop
      />
    </section>
  );
}
