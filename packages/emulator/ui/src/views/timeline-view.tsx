import type { JSX } from 'preact';
import { writeSpan, writeTime } from '../model/times.js';
import { endOf, phasesOf, type Phase, type Trace } from '../model/traces.js';
import type { PageState } from '../page-state.js';
import { DataTable, type Column } from '../parts/data-table.js';
import { Badge, Heading, Name, type ViewProps } from '../parts/parts.js';
import type { TextKey } from '../text/english.js';

const PHASE_TEXTS = {
  waiting: 'phaseWaiting',
  running: 'phaseRunning',
  event: 'phaseEvent',
  delivery: 'phaseDelivery',
  unread: 'phaseUnread',
  handling: 'phaseHandling',
} as const satisfies Readonly<Record<Phase['name'], TextKey>>;

const CHOICES = ['everything', 'onlyTasks', 'onlyMessages'] as const satisfies readonly PageState['timelineShows'][];

/** What became of each task and message, from its creation to its delete. */
export function TimelineView({ page }: ViewProps): JSX.Element {
  const { say, state } = page;
  const { timelineShows, panel } = state;
  const traces = page.traces
    .list()
    .filter(({ isTask }) => timelineShows === 'everything' || isTask === (timelineShows === 'onlyTasks'));
  const columns: readonly Column<Trace>[] = [
    { title: say('began'), width: '9rem', isNumber: true, cell: ({ entries: [first] }) => writeTime(first?.atMs ?? 0) },
    { title: say('name'), width: '14rem', cell: (trace) => <Name text={titleOf(trace, say('traceMessage'))} /> },
    { title: say('course'), cell: (trace) => <Course page={page} trace={trace} /> },
    { title: say('state'), width: '6rem', cell: (trace) => <TraceState page={page} trace={trace} /> },
  ];
  return (
    <section class="part whole" aria-label={say('timeline')}>
      <Heading title={say('timeline')}>
        <ul class="legend" aria-hidden="true">
          {Object.entries(PHASE_TEXTS).map(([name, key]) => (
            <li key={name} data-phase={name}>
              {say(key)}
            </li>
          ))}
        </ul>
        <select
          aria-label={say('show')}
          value={timelineShows}
          onChange={({ currentTarget: { value } }) =>
            page.set({ timelineShows: CHOICES.find((one) => one === value) ?? 'everything' })
          }
        >
          {CHOICES.map((one) => (
            <option key={one} value={one}>
              {say(one)}
            </option>
          ))}
        </select>
      </Heading>
      <DataTable
        label={say('timeline')}
        columns={columns}
        count={traces.length}
        rowAt={(index) => traces[traces.length - 1 - index]}
        keyOf={({ id }) => id}
        empty={say('noTraces')}
        openKey={panel?.kind === 'trace' ? panel.id : undefined}
        onOpen={({ id }) => page.set({ panel: { kind: 'trace', id } })}
        growsAtTop
      />
    </section>
  );
}

/** How a trace stands. */
export function TraceState({ page, trace }: ViewProps & { readonly trace: Trace }): JSX.Element {
  const end = endOf(trace);
  return <Badge page={page} state={end === 'lost' ? 'lostEnd' : end} />;
}

/** The phases of a trace as a bar: the longer, the wider, but always wide enough for its words. */
export function Course({ page, trace }: ViewProps & { readonly trace: Trace }): JSX.Element {
  const receives = trace.entries.filter(({ kind }) => kind === 'received').length;
  return (
    <ol class="course">
      {phasesOf(trace).map(({ name, lagMs, isOpen }) => {
        const label = `${page.say(PHASE_TEXTS[name])} ${isOpen ? '…' : writeSpan(lagMs)}`;
        const count = name === 'handling' && receives > 1 ? ` ×${receives}` : '';
        return (
          <li
            key={name}
            data-phase={name}
            data-open={isOpen}
            title={count === '' ? label : `${label}, ${page.say('receivesCount', { count: receives })}`}
            style={{ flexGrow: String(Math.max(1, lagMs)) }}
          >
            <b>{isOpen ? '…' : writeSpan(lagMs)}</b>{' '}
            <span>
              {page.say(PHASE_TEXTS[name])}
              {count}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

function titleOf({ id, entries }: Trace, message: string): string {
  const task = entries.find((entry) => entry.kind === 'task-submitted');
  return task === undefined ? `${message} ${id.slice(-8)}` : `${task.taskType} ${id.slice(-8)}`;
}
