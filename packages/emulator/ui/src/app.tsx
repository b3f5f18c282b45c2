import type { JSX } from 'preact';
import type { Page } from './page.js';
import { VIEWS, type ViewName } from './page-state.js';
import { FormDialog } from './parts/form-dialog.js';
import type { ViewProps } from './parts/parts.js';
import { ClockView } from './views/clock-view.js';
import { FaultsView } from './views/faults-view.js';
import { Header } from './views/header.js';
import { JournalView } from './views/journal-view.js';
import { Help, HintsNotice, Toasts, TokenForm } from './views/overlays.js';
import { QueuesView } from './views/queues-view.js';
import { SidePanel } from './views/side-panel.js';
import { TasksView } from './views/tasks-view.js';
import { TimelineView } from './views/timeline-view.js';
import { TopicsView } from './views/topics-view.js';

const CONTENTS: Readonly<Record<ViewName, (props: ViewProps) => JSX.Element>> = {
  queues: QueuesView,
  topics: TopicsView,
  tasks: TasksView,
  timeline: TimelineView,
  journal: JournalView,
  faults: FaultsView,
  clock: ClockView,
};

/** The whole page. */
export function App({ page }: ViewProps): JSX.Element {
  const { state } = page;
  if (state.needsToken) return <TokenForm page={page} />;
  const Content = CONTENTS[state.view];
  return (
    <>
      <a class="skip" href="#content" onClick={(event) => skip(event)}>
        {page.say('skip')}
      </a>
      <Header page={page} />
      <Navigation page={page} />
      <main id="content" tabIndex={-1} data-view={state.view}>
        <Content key={state.view} page={page} />
      </main>
      {state.panel === undefined ? null : <SidePanel page={page} panel={state.panel} />}
      <Toasts page={page} />
      {state.dialog === undefined ? null : <FormDialog page={page} spec={state.dialog} />}
      {state.isHelpOpen ? <Help page={page} /> : null}
      {state.areHintsOpen ? <HintsNotice page={page} /> : null}
    </>
  );
}

function Navigation({ page }: ViewProps): JSX.Element {
  const { say, state } = page;
  return (
    <nav aria-label={say('navigation')}>
      {VIEWS.map((view, index) => (
        <button
          key={view}
          type="button"
          data-view={view}
          aria-current={state.view === view ? 'page' : undefined}
          aria-keyshortcuts={String(index + 1)}
          onClick={() => page.open(view)}
        >
          <kbd class="hint" aria-hidden="true">
            {index + 1}
          </kbd>
          {say(view)}
          <span class="count number">{countOf(page, view)}</span>
        </button>
      ))}
    </nav>
  );
}

/** How many things a view has, as far as every view knows. */
function countOf({ state, traces }: Page, view: ViewName): number | '' {
  const { accounts, tenant, journal } = state;
  const region = accounts
    .find(({ accountId }) => accountId === tenant?.accountId)
    ?.regions.find((one) => one.region === tenant?.region);
  switch (view) {
    case 'queues':
      return region?.queues ?? 0;
    case 'topics':
      return region?.topics ?? 0;
    case 'tasks':
      return accounts.flatMap(({ regions }) => regions).reduce((sum, { tasks }) => sum + tasks, 0);
    case 'timeline':
      return traces.count;
    case 'journal':
      return journal.at(-1)?.sequence ?? 0;
    case 'faults':
      return state.faults?.length ?? 0;
    case 'clock':
      return '';
  }
}

function skip(event: MouseEvent): void {
  event.preventDefault();
  document.querySelector<HTMLElement>('main')?.focus();
}
