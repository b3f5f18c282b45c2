import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

/** A column of a table. */
export interface Column<T> {
  readonly title: string;
  /** As CSS has it; absent for the one that takes what is left. */
  readonly width?: string;
  readonly isNumber?: boolean;
  readonly cell: (row: T) => ComponentChildren;
}

/** What a table shows. */
export interface DataTableProps<T> {
  readonly label: string;
  readonly columns: readonly Column<T>[];
  readonly count: number;
  readonly rowAt: (index: number) => T | undefined;
  readonly keyOf: (row: T) => string;
  readonly empty: string;
  readonly onOpen?: (row: T) => void;
  /** Acts on a row by the space bar. */
  readonly onToggle?: (row: T) => void;
  readonly openKey?: string | undefined;
  /** New rows come at the top: what is being read stays where it is. */
  readonly growsAtTop?: boolean;
}

/** The height of a row in pixels, as the style has it. */
const ROW_HEIGHT = 34;

/** Rows that are drawn beyond what is seen, either way. */
const MARGIN = 6;

/**
 * A table of any length, of which only the rows that are seen are drawn.
 *
 * It is one stop of the tab key: arrows, Page, Home and End move within, Enter opens.
 */
export function DataTable<T>(props: DataTableProps<T>): JSX.Element {
  const { label, columns, count, rowAt, keyOf, empty, onOpen, onToggle, openKey, growsAtTop = false } = props;
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(600);
  const [activeKey, setActiveKey] = useState<string>();
  const moved = useRef(false);
  const firstKey = useRef<string | undefined>(undefined);

  useEffect(() => {
    const { current } = box;
    if (current === null) return;
    const watch = new ResizeObserver(() => setHeight(current.clientHeight));
    watch.observe(current);
    return () => watch.disconnect();
  }, []);

  const from = Math.max(0, Math.min(Math.floor(top / ROW_HEIGHT) - MARGIN, count - 1));
  const to = Math.min(count, Math.ceil((top + height) / ROW_HEIGHT) + MARGIN);
  const rows = Array.from({ length: Math.max(0, to - from) }, (_, index) => rowAt(from + index));

  useLayoutEffect(() => {
    const { current } = box;
    const row = rowAt(0);
    const key = row === undefined ? undefined : keyOf(row);
    if (current !== null && growsAtTop && current.scrollTop > 0 && firstKey.current !== undefined) {
      const added = indexOfKey(firstKey.current, props);
      if (added > 0) current.scrollTop += added * ROW_HEIGHT;
    }
    firstKey.current = key;
  });

  useLayoutEffect(() => {
    if (!moved.current) return;
    moved.current = false;
    box.current?.querySelector<HTMLElement>('tr[tabindex="0"]')?.focus({ preventScroll: true });
  });

  const activeIndex = rows.findIndex((row) => row !== undefined && keyOf(row) === activeKey);
  const move = (index: number): void => {
    const target = Math.max(0, Math.min(index, count - 1));
    const row = rowAt(target);
    const { current } = box;
    if (row === undefined || current === null) return;
    moved.current = true;
    setActiveKey(keyOf(row));
    const [rowTop, rowEnd] = [target * ROW_HEIGHT, (target + 1) * ROW_HEIGHT];
    if (rowTop < current.scrollTop) current.scrollTop = rowTop;
    // The head of the table stays above the rows, and is one row high.
    else if (rowEnd > current.scrollTop + current.clientHeight - ROW_HEIGHT)
      current.scrollTop = rowEnd - current.clientHeight + ROW_HEIGHT;
    setTop(current.scrollTop);
  };
  const onKey = (event: KeyboardEvent, index: number, row: T): void => {
    const page = Math.max(1, Math.floor(height / ROW_HEIGHT) - 2);
    const target = { ArrowDown: index + 1, ArrowUp: index - 1, PageDown: index + page, PageUp: index - page }[
      event.key
    ];
    const edge = { Home: 0, End: count - 1 }[event.key];
    if (target !== undefined || edge !== undefined) move(target ?? edge ?? 0);
    else if (event.key === 'Enter' && onOpen !== undefined) onOpen(row);
    else if (event.key === ' ' && onToggle !== undefined) onToggle(row);
    else return;
    event.preventDefault();
  };

  return (
    <div class="scroll" ref={box} onScroll={({ currentTarget }) => setTop(currentTarget.scrollTop)}>
      <table aria-label={label} aria-rowcount={count + 1}>
        <colgroup>
          {columns.map(({ title, width }) => (
            <col key={title} style={width === undefined ? {} : { width }} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map(({ title, isNumber = false }) => (
              <th key={title} scope="col" class={isNumber ? 'number' : ''}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {from > 0 ? <tr class="gap" aria-hidden="true" style={{ height: `${from * ROW_HEIGHT}px` }} /> : null}
          {rows.map((row, offset) => {
            if (row === undefined) return null;
            const key = keyOf(row);
            const index = from + offset;
            const isStop = activeIndex === -1 ? offset === Math.min(MARGIN, from) : offset === activeIndex;
            return (
              <tr
                key={key}
                data-key={key}
                aria-rowindex={index + 2}
                aria-selected={key === openKey}
                tabIndex={isStop ? 0 : -1}
                class={onOpen === undefined ? '' : 'opens'}
                onClick={() => {
                  setActiveKey(key);
                  onOpen?.(row);
                }}
                onKeyDown={(event) => {
                  if (event.target === event.currentTarget) onKey(event, index, row);
                }}
              >
                {columns.map(({ title, cell, isNumber = false }) => (
                  <td key={title} class={isNumber ? 'number' : ''}>
                    {cell(row)}
                  </td>
                ))}
              </tr>
            );
          })}
          {to < count ? (
            <tr class="gap" aria-hidden="true" style={{ height: `${(count - to) * ROW_HEIGHT}px` }} />
          ) : null}
        </tbody>
      </table>
      {count === 0 ? <p class="empty">{empty}</p> : null}
    </div>
  );
}

/** Where a row is now; only the beginning is looked through, where new rows come. */
function indexOfKey<T>(key: string, { count, rowAt, keyOf }: DataTableProps<T>): number {
  for (let index = 0; index < Math.min(count, 2000); index += 1) {
    const row = rowAt(index);
    if (row !== undefined && keyOf(row) === key) return index;
  }
  return 0;
}
