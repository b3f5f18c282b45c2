import type { JSX } from 'preact';
import { askFault, removeFault } from '../actions/fault-actions.js';
import type { FaultView } from '../model/views.js';
import { DataTable, type Column } from '../parts/data-table.js';
import { Button, Heading, Name, type ViewProps } from '../parts/parts.js';

/** What goes wrong on purpose. */
export function FaultsView({ page }: ViewProps): JSX.Element {
  const { say, state } = page;
  const { faults = [] } = state;
  const columns: readonly Column<FaultView>[] = [
    { title: say('name'), width: '12rem', cell: ({ id }) => <Name text={id} /> },
    { title: say('faultKind'), width: '12rem', cell: ({ fault }) => <Name text={fault.kind} /> },
    { title: say('definition'), cell: ({ fault: { kind: _kind, ...fault } }) => <Name text={JSON.stringify(fault)} /> },
    { title: say('struck'), width: '6rem', isNumber: true, cell: ({ appliedCount }) => appliedCount },
    {
      title: '✕',
      width: '8rem',
      cell: ({ id }) => (
        <Button
          name="remove-fault"
          label={say('removeFault')}
          title={say('removeFaultOf', { name: id })}
          onClick={() => void removeFault(page, id)}
        />
      ),
    },
  ];
  return (
    <section class="part whole" aria-label={say('faults')}>
      <Heading title={say('faults')}>
        <Button name="add-fault" kind="danger" label={say('addFault')} shortcut="f" onClick={() => askFault(page)} />
      </Heading>
      <DataTable
        label={say('faults')}
        columns={columns}
        count={faults.length}
        rowAt={(index) => faults[index]}
        keyOf={({ id }) => id}
        empty={state.faults === undefined ? '' : say('noFaults')}
      />
    </section>
  );
}
