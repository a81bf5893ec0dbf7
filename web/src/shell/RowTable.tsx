import { Checkbox } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useEffect, useLayoutEffect, useRef } from 'react';
import { useWords } from '../text/words';
import css from './table.module.css';
import { shellWords } from './text';

/*
 * A table of anything, of which only the rows that are seen are there. Its first column has what
 * opens the row: a link or a button with the class `rowOpener`.
 */

export const rowOpener = css.opener ?? '';

export interface RowColumn<R> {
  id: string;
  label: string;
  /** What is in it says enough to those who see it. */
  quiet?: boolean;
  /** Of the grid: `120px`, `minmax(120px, 1fr)`. */
  width: string;
  numeric?: boolean;
  cell: (row: R) => ReactNode;
}

interface Props<R> {
  label: string;
  rows: readonly R[];
  rowKey: (row: R) => string;
  /** The first one opens the row. */
  columns: readonly RowColumn<R>[];
  narrow: boolean;
  /** At the end of a row where the window is narrow. */
  narrowAct?: (row: R) => ReactNode;
  /** Below the first column where the window is narrow. */
  narrowFacts: (row: R) => ReactNode;
  selection?: {
    chosen: ReadonlySet<string>;
    may: (row: R) => boolean;
    name: (row: R) => string;
    choose: (keys: ReadonlySet<string>) => void;
  };
  /** The reader comes near the end: read more. */
  onEnd?: (() => void) | undefined;
  /** What stands at the end, such as that there is more. */
  end?: ReactNode;
  /** Which row is open beside the table. */
  open?: string | undefined;
}

const ROW = 36;
const NARROW_ROW = 62;

export function RowTable<R>({
  label,
  rows,
  rowKey,
  columns,
  narrow,
  narrowFacts,
  narrowAct,
  selection,
  onEnd,
  end,
  open,
}: Props<R>) {
  const t = useWords(shellWords);
  const scroller = useRef<HTMLDivElement>(null);
  const height = narrow ? NARROW_ROW : ROW;
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    getItemKey: (index) => {
      const row = rows[index];
      return row === undefined ? index : rowKey(row);
    },
    overscan: 10,
  });
  useEffect(() => virtual.measure(), [virtual, height]);

  // What comes in above leaves what is being read where it is.
  const first = useRef<string>(undefined);
  useLayoutEffect(() => {
    const before = first.current;
    const top = rows[0];
    first.current = top === undefined ? undefined : rowKey(top);
    const box = scroller.current;
    if (!box || box.scrollTop < height || before === undefined || before === first.current) return;
    const moved = rows.findIndex((row) => rowKey(row) === before);
    if (moved > 0) box.scrollTop += moved * height;
  }, [rows, rowKey, height]);

  const shown = virtual.getVirtualItems();
  const last = shown.at(-1)?.index ?? -1;
  useEffect(() => {
    if (onEnd && last >= rows.length - 15) onEnd();
  }, [onEnd, last, rows.length]);

  const wide = narrow ? columns.slice(0, 1) : columns;
  const template = `${selection ? '40px ' : ''}${
    narrow
      ? `minmax(0, 1fr)${narrowAct ? ' max-content' : ''}`
      : columns.map((column) => column.width).join(' ')
  }`;
  // Of all columns at their narrowest; below that the table scrolls.
  const least = narrow
    ? 0
    : wide.reduce((sum, { width }) => sum + Number(/\d+/.exec(width)?.[0] ?? 0), 40);
  const choosable = selection ? rows.filter(selection.may) : [];
  const chosen = selection?.chosen.size ?? 0;

  /** Up and down from row to row, also past the rows that are there. */
  function onKeyDown(event: KeyboardEvent) {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 15, PageUp: -15 }[event.key];
    const from = (event.target as HTMLElement).closest<HTMLElement>('[data-index]');
    if (step === undefined || !from) return;
    event.preventDefault();
    const index = Math.min(rows.length - 1, Math.max(0, Number(from.dataset.index) + step));
    virtual.scrollToIndex(index);
    requestAnimationFrame(() =>
      scroller.current
        ?.querySelector<HTMLElement>(`[data-index="${index}"] :is(.${rowOpener}, [data-row-act])`)
        ?.focus(),
    );
  }

  function choose(key: string, on: boolean) {
    if (!selection) return;
    const next = new Set(selection.chosen);
    if (on) next.add(key);
    else next.delete(key);
    selection.choose(next);
  }

  return (
    <div
      role="table"
      aria-label={label}
      aria-rowcount={rows.length + 1}
      className={css.table}
      data-narrow={narrow || undefined}
    >
      <div ref={scroller} className={css.scroller} onKeyDown={onKeyDown} role="presentation">
        {!narrow && (
          <div role="rowgroup" className={css.head} style={{ minWidth: least }}>
            <div
              role="row"
              aria-rowindex={1}
              className={css.row}
              style={{ gridTemplateColumns: template }}
            >
              {selection && (
                <div role="columnheader" className={css.check}>
                  <Checkbox
                    size="xs"
                    aria-label={t.chooseAll}
                    disabled={choosable.length === 0}
                    checked={chosen > 0 && chosen === choosable.length}
                    indeterminate={chosen > 0 && chosen < choosable.length}
                    onChange={(event) =>
                      selection.choose(
                        new Set(event.currentTarget.checked ? choosable.map(rowKey) : []),
                      )
                    }
                  />
                </div>
              )}
              {columns.map((column) => (
                <div
                  key={column.id}
                  role="columnheader"
                  className={css.headCell}
                  data-numeric={column.numeric || undefined}
                >
                  {column.quiet ? <span className="fl-hidden">{column.label}</span> : column.label}
                </div>
              ))}
            </div>
          </div>
        )}
        <div
          role="rowgroup"
          className={css.body}
          style={{ height: virtual.getTotalSize(), minWidth: least }}
        >
          {shown.map(({ index, key, start }) => {
            const row = rows[index];
            if (row === undefined) return null;
            const id = rowKey(row);
            return (
              <div
                key={key}
                role="row"
                aria-rowindex={index + 2}
                data-index={index}
                data-open={open === id || undefined}
                className={css.row}
                style={{
                  transform: `translateY(${start}px)`,
                  height,
                  gridTemplateColumns: template,
                }}
              >
                {selection && (
                  <div role="cell" className={css.check}>
                    {selection.may(row) && (
                      <Checkbox
                        size="xs"
                        aria-label={t.choose(selection.name(row))}
                        checked={selection.chosen.has(id)}
                        onChange={(event) => choose(id, event.currentTarget.checked)}
                      />
                    )}
                  </div>
                )}
                {wide.map((column, at) => (
                  <div
                    key={column.id}
                    role="cell"
                    className={css.cell}
                    data-first={at === 0 || undefined}
                    data-numeric={(!narrow && column.numeric) || undefined}
                  >
                    {column.cell(row)}
                    {narrow && <div className={css.facts}>{narrowFacts(row)}</div>}
                  </div>
                ))}
                {narrow && narrowAct && (
                  <div role="cell" className={css.cell}>
                    {narrowAct(row)}
                  </div>
                )}
              </div>
            );
          })}
        </div>
        {end && <div className={css.end}>{end}</div>}
      </div>
    </div>
  );
}
