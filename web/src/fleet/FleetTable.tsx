import { Link } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import {
  type CSSProperties,
  type KeyboardEvent,
  memo,
  useCallback,
  useEffect,
  useRef,
} from 'react';
import type { Node } from '../api/client';
import { useNow } from '../shell/useNow';
import { useWords } from '../text/words';
import type { Column } from './columns';
import { labelText, StateDot } from './columns';
import { Choose, ChooseAll } from './Choose';
import css from './fleet.module.css';
import { needsAttention } from './search';
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
    overscan: 12,
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
          {rows.getVirtualItems().map(({ index, start }) => {
            const node = nodes[index];
            return (
              node && (
                <Row
                  key={node.id}
                  index={index}
                  top={start}
                  height={height}
                  node={node}
                  tenant={tenant}
                  columns={columns}
                  template={template}
                  narrow={narrow}
                  now={now}
                  t={t}
                  onLabel={label}
                  chosen={chosen === null ? null : chosen.has(node.id)}
                  onChoose={choose}
                />
              )
            );
          })}
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

const Row = memo(
  function Row({
    index,
    top,
    height,
    node,
    tenant,
    columns,
    template,
    narrow,
    now,
    t,
    onLabel,
    chosen,
    onChoose,
  }: {
    index: number;
    top: number;
    height: number;
    node: Node;
    tenant: string;
    columns: readonly Column[];
    template: string;
    narrow: boolean;
    now: number;
    t: FleetText;
    onLabel: (key: string, value: string) => void;
    chosen: boolean | null;
    onChoose: (index: number, on: boolean, range: boolean) => void;
  }) {
    const problems = node.statistics?.problems ?? [];
    const name = (
      <div role="cell" className={css.nameCell}>
        <span className={css.dot} data-state={node.link.state} aria-hidden="true" />
        <Link to="/t/$tenant/nodes/$node" params={{ tenant, node: node.name }} className={css.name}>
          {node.name}
        </Link>
        {needsAttention(node) && (
          <span className={css.attention} title={problems.join('\n')}>
            <span aria-hidden="true">!</span>
            <span className="fl-hidden">{t.problems(Math.max(1, problems.length))}</span>
          </span>
        )}
      </div>
    );
    return (
      <div
        role="row"
        aria-rowindex={index + 2}
        data-index={index}
        className={css.row}
        style={{ transform: `translateY(${top}px)`, height, gridTemplateColumns: template }}
      >
        {chosen !== null && (
          <div role="cell" className={css.check}>
            <Choose label={node.name} on={chosen} set={(on, range) => onChoose(index, on, range)} />
          </div>
        )}
        {name}
        {narrow ? (
          <div role="cell" className={css.narrowCell}>
            <StateDot node={node} t={t} />
            <span className={css.narrowFacts}>
              {[node.os, labelText(node)].filter(Boolean).join(' · ')}
            </span>
          </div>
        ) : (
          columns.map((column) => (
            <div
              key={column.id}
              role="cell"
              className={css.cell}
              data-numeric={column.numeric || undefined}
            >
              {column.id === 'labels' ? (
                <Labels node={node} onLabel={onLabel} t={t} />
              ) : (
                column.cell(node, t, now)
              )}
            </div>
          ))
        )}
      </div>
    );
  },
  (a, b) =>
    a.node === b.node &&
    a.top === b.top &&
    a.index === b.index &&
    a.template === b.template &&
    a.narrow === b.narrow &&
    a.now === b.now &&
    a.t === b.t &&
    a.onLabel === b.onLabel &&
    a.chosen === b.chosen,
);

export function Labels({
  node,
  onLabel,
  t,
}: {
  node: Node;
  onLabel: (key: string, value: string) => void;
  t: FleetText;
}) {
  return Object.entries(node.labels).map(([key, value]) => (
    <button
      type="button"
      key={key}
      tabIndex={-1}
      className={css.label}
      title={t.filterBy(`${key}=${value}`)}
      onClick={() => onLabel(key, value)}
    >
      <span>{key}</span>={value}
    </button>
  ));
}
