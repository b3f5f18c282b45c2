import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { searchText, writeMembers } from '../model/entry-text.js';
import { writeInstant } from '../model/times.js';
import type { JournalEntry } from '../model/views.js';
import { DataTable, type Column } from '../parts/data-table.js';
import { Heading, Name, type ViewProps } from '../parts/parts.js';

/** Everything that happened, the newest first. */
export function JournalView({ page }: ViewProps): JSX.Element {
  const { say, state } = page;
  const { journal, journalVersion, journalFilter, panel } = state;
  const words = journalFilter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const shown = useMemo(
    () =>
      words.length === 0 ? journal : journal.filter((entry) => words.every((word) => searchText(entry).includes(word))),
    // The journal grows in place.
    [journalVersion, journalFilter],
  );
  const columns: readonly Column<JournalEntry>[] = [
    { title: say('number'), width: '5.5rem', isNumber: true, cell: ({ sequence }) => sequence },
    { title: say('time'), width: '14.5rem', isNumber: true, cell: ({ atMs }) => writeInstant(atMs) },
    {
      title: say('kind'),
      width: '10rem',
      cell: ({ kind }) => (
        <span class="kind" data-kind={kind}>
          {kind}
        </span>
      ),
    },
    { title: say('details'), cell: (entry) => <Name text={writeMembers(entry)} /> },
  ];
  return (
    <section class="part whole" aria-label={say('journal')}>
      <Heading title={say('journal')}>
        <span class="quiet number">{say('entriesShown', { count: shown.length, total: journal.length })}</span>
        <input
          id="filter"
          type="search"
          aria-label={say('filter')}
          placeholder={say('filterHelp')}
          aria-keyshortcuts="/"
          value={journalFilter}
          onInput={({ currentTarget: { value } }) => page.set({ journalFilter: value })}
        />
      </Heading>
      <DataTable
        label={say('journal')}
        columns={columns}
        count={shown.length}
        rowAt={(index) => shown[shown.length - 1 - index]}
        keyOf={({ sequence }) => String(sequence)}
        empty={say('noEntries')}
        openKey={panel?.kind === 'entry' ? String(panel.entry.sequence) : undefined}
        onOpen={(entry) => page.set({ panel: { kind: 'entry', entry } })}
        growsAtTop
      />
    </section>
  );
}
