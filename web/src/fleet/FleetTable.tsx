import { useVirtualizer } from '@tanstack/react-virtual';
import { type CSSProperties, type KeyboardEvent, useCallback, useEffect, useRef } from 'react';
import type { Node } from '../api/client';
import { useNow } from '../shell/useNow';
import { useWords } from '../text/words';
import { ChooseAll } from './Choose';
import { type Column, Now } from './columns';
import css from './fleet.module.css';
import { NodeRow } from './NodeRow';
import { type FleetText, fleetWords } from './text';

const ROW = 36;
const NARROW_ROW = 62;

interface Props {
  tenant: string;
  nodes: readonly Node[];
  columns: readonly Column[];
  narrow: boolean;
  sort: string | undefined;
  onSort: (sort: string) => void;
  onLabel: (key: string, value: string) => void;
  /** Ids of the nodes that are chosen; null where none can be. */
  chosen: ReadonlySet<string> | null;
  onChoose: (chosen: Set<string>) => void;
}

/** Only the rows that are seen are there, of however many. */
export function FleetTable({
  tenant,
  nodes,
  columns,
  narrow,
  sort,
  onSort,
  onLabel,
  chosen,
  onChoose,
}: Props) {
  const t = useWords(fleetWords);
  const now = useNow();
  const scroller = useRef<HTMLDivElement>(null);
  const latest = useRef(onLabel);
  latest.current = onLabel;
  const label = useCallback((key: string, value: string) => latest.current(key, value), []);
  const choosing = useRef({ nodes, chosen, onChoose, last: -1 });
  choosing.current = { ...choosing.current, nodes, chosen, onChoose };
  /** With Shift, all from the one before. */
  const choose = useCallback((index: number, on: boolean, range: boolean) => {
    const { nodes: all, chosen: before, onChoose: told, last } = choosing.current;
    const next = new Set(before);
    const [from, to] =
      range && last >= 0 ? [Math.min(last, index), Math.max(last, index)] : [index, index];
    for (const node of all.slice(from, to + 1)) {
      if (on) next.add(node.id);
      else next.delete(node.id);
    }
    choosing.current.last = index;
    told(next);
  }, []);
  const height = narrow ? NARROW_ROW : ROW;
  const rows = useVirtualizer({
    count: nodes.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 4,
  });
  useEffect(() => rows.measure(), [rows, height]);

  const template = narrow
    ? `${chosen ? '34px ' : ''}minmax(0, 1fr)`
    : `${chosen ? '34px ' : ''}minmax(170px, 1.6fr) ${columns.map((column) => column.width).join(' ')}`;

  /** Up and down from name to name, also past the rows that are there. */
  function onKeyDown(event: KeyboardEvent) {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 15, PageUp: -15 }[event.key];
    const row = (event.target as HTMLElement).closest<HTMLElement>('[data-index]');
    if (step === undefined || !row) return;
    event.preventDefault();
    const index = Math.min(nodes.length - 1, Math.max(0, Number(row.dataset.index) + step));
    rows.scrollToIndex(index);
    requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>(`[data-index="${index}"] a`)?.focus(),
    );
  }

  return (
    <div
      role="table"
      aria-label={t.title}
      aria-rowcount={nodes.length + 1}
      className={css.table}
      data-narrow={narrow || undefined}
      style={{ '--fl-least': `${leastWidth(template)}px` } as CSSProperties}
    >
      <div ref={scroller} className={css.scroller} onKeyDown={onKeyDown} role="presentation">
        {(!narrow || chosen) && (
          <div role="rowgroup" className={css.head}>
            <div
              role="row"
              aria-rowindex={1}
              className={css.row}
              style={{ gridTemplateColumns: template }}
            >
              {chosen && (
                <div role="columnheader" className={css.check}>
                  <ChooseAll nodes={nodes} chosen={chosen} onChoose={onChoose} />
                </div>
              )}
              <Head id="name" label={t.name} sort={sort ?? 'name'} onSort={onSort} t={t} />
              {(narrow ? [] : columns).map((column) => (
                <Head
                  key={column.id}
                  id={column.id}
                  label={column.label(t)}
                  sort={sort}
                  onSort={onSort}
                  numeric={column.numeric}
                  t={t}
                />
              ))}
            </div>
          </div>
        )}
        <div role="rowgroup" className={css.body} style={{ height: rows.getTotalSize() }}>
          <Now value={now}>
            {rows.getVirtualItems().map(({ index, start }) => {
              const node = nodes[index];
              return (
                node && (
                  <NodeRow
                    key={node.id}
                    index={index}
                    top={start}
                    height={height}
                    node={node}
                    tenant={tenant}
                    columns={columns}
                    template={template}
                    narrow={narrow}
                    t={t}
                    onLabel={label}
                    chosen={chosen === null ? null : chosen.has(node.id)}
                    onChoose={choose}
                  />
                )
              );
            })}
          </Now>
        </div>
      </div>
    </div>
  );
}

/** What the columns need at least: head and rows are as wide as each other, whatever is in them. */
function leastWidth(template: string): number {
  return [...template.matchAll(/(\d+)px/g)].reduce((sum, [, px]) => sum + Number(px), 0);
}

function Head({
  id,
  label,
  sort,
  onSort,
  numeric,
  t,
}: {
  id: string;
  label: string;
  sort: string | undefined;
  onSort: (sort: string) => void;
  numeric?: boolean | undefined;
  t: FleetText;
}) {
  const up = sort === id;
  const down = sort === `-${id}`;
  return (
    <div
      role="columnheader"
      className={css.headCell}
      data-numeric={numeric || undefined}
      aria-sort={up ? 'ascending' : down ? 'descending' : 'none'}
    >
      <button
        type="button"
        title={t.sortBy(label)}
        onClick={() => onSort(up ? `-${id}` : id)}
        data-sorted={up || down || undefined}
      >
        {label}
        <span aria-hidden="true">{up ? '↑' : down ? '↓' : ''}</span>
      </button>
    </div>
  );
}
