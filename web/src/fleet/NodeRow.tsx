import { useNavigate } from '@tanstack/react-router';
import { memo } from 'react';
import type { Node } from '../api/client';
import { Choose } from './Choose';
import { type Column, labelText, State } from './columns';
import css from './fleet.module.css';
import { needsAttention } from './search';
import type { FleetText } from './text';

/** A row is drawn anew only where something of it has changed. */
export const NodeRow = memo(
  function Row({
    index,
    top,
    height,
    node,
    tenant,
    columns,
    template,
    narrow,
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
    t: FleetText;
    onLabel: (key: string, value: string) => void;
    chosen: boolean | null;
    onChoose: (index: number, on: boolean, range: boolean) => void;
  }) {
    const problems = node.statistics?.problems ?? [];
    const name = (
      <div role="cell" className={css.nameCell}>
        <span className={css.dot} data-state={node.link.state} aria-hidden="true" />
        <NodeLink tenant={tenant} name={node.name} />
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
            <State node={node} t={t} />
            <span className={css.narrowFacts}>
              {[node.os, labelText(node)].filter(Boolean).join(' · ')}
            </span>
          </div>
        ) : (
          columns.map((column) => (
            <div
              key={column.id}
              role="cell"
              className={column.face ? `${css.cell} fl-${column.face}` : css.cell}
              data-numeric={column.numeric || undefined}
            >
              {column.id === 'labels' ? (
                <Labels node={node} onLabel={onLabel} t={t} />
              ) : (
                column.cell(node, t)
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
    a.t === b.t &&
    a.onLabel === b.onLabel &&
    a.chosen === b.chosen,
);

/**
 * As the router's own link, without what makes one of those half of what a row costs: each asks where
 * it leads, and whether it is there already, whenever the address changes, as it does with each key of a search.
 */
function NodeLink({ tenant, name }: { tenant: string; name: string }) {
  const navigate = useNavigate();
  return (
    <a
      href={`/t/${tenant}/nodes/${name}`}
      className={css.name}
      onClick={(event) => {
        const { button, metaKey, ctrlKey, shiftKey, altKey } = event;
        if (button !== 0 || metaKey || ctrlKey || shiftKey || altKey) return;
        event.preventDefault();
        void navigate({ to: '/t/$tenant/nodes/$node', params: { tenant, node: name } });
      }}
    >
      {name}
    </a>
  );
}

function Labels({
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
