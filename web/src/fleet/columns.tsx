import { createContext, type CSSProperties, type ReactNode, useContext } from 'react';
import type { Node } from '../api/client';
import { ago, bytes, millis, percent, span, time } from '../text/format';
import css from './fleet.module.css';
import { needsAttention } from './search';
import type { FleetText } from './text';
import { csvLine } from '../shell/csv';

/*
 * The columns of the fleet: what they show, sort by and export.
 */

export interface Column {
  id: string;
  label: (t: FleetText) => string;
  /** As of `grid-template-columns`. */
  width: string;
  /** Shown unless the reader has chosen otherwise. */
  usual: boolean;
  numeric?: boolean;
  /** How the text of the cell is set. */
  face?: 'number' | 'mono';
  cell: (node: Node, t: FleetText) => ReactNode;
  sort: (node: Node) => string | number | null;
  /** What the export has; what `sort` has where this is missing. */
  text?: (node: Node) => string | number | null;
}

const share = (used?: number | null, total?: number | null) =>
  used != null && total ? used / total : null;

/** The fullest disk: the one that a person wants to know of. */
export function fullest(node: Node) {
  return (node.statistics?.disks ?? []).reduce<{
    mount: string;
    used: number;
    total: number;
  } | null>(
    (most, disk) =>
      disk.total > 0 && (!most || disk.used / disk.total > most.used / most.total) ? disk : most,
    null,
  );
}

/** A share as a short bar with its number. */
export function Meter({ value, title }: { value: number | null; title?: string }) {
  if (value === null) return <Nothing />;
  const level = value > 0.92 ? 'bad' : value > 0.8 ? 'warning' : 'fine';
  return (
    <span
      className={css.meter}
      data-level={level}
      title={title}
      style={{ '--fl-part': `${Math.max(2, Math.round(value * 100))}%` } as CSSProperties}
    >
      {percent(value)}
    </span>
  );
}

export function Nothing() {
  return (
    <span className={css.nothing} aria-hidden="true">
      –
    </span>
  );
}

/** What is now for a table: only what says how long ago something was is drawn anew with it. */
export const Now = createContext(0);

/** How long ago; `still` where it has not ended yet. */
function Ago({ at, still = false }: { at: string; still?: boolean }) {
  const now = useContext(Now);
  return (
    <time dateTime={at} title={time(at)}>
      {ago(still ? new Date(now).toISOString() : at, now)}
    </time>
  );
}

const live = (node: Node) => (node.link.state === 'online' ? node.statistics : null);

/** In a row, the name has the dot. */
export function State({ node, t, dot = false }: { node: Node; t: FleetText; dot?: boolean }) {
  const state = node.link.state;
  return (
    <span className={css.state} data-state={state}>
      {dot && <span className={css.dot} aria-hidden="true" />}
      {state === 'online' ? t.online : node.link.since ? t.offline : t.never}
    </span>
  );
}

export const COLUMNS: Column[] = [
  {
    id: 'state',
    label: (t) => t.state,
    width: '104px',
    usual: true,
    cell: (node, t) => <State node={node} t={t} />,
    sort: (node) => (needsAttention(node) ? 0 : node.link.state === 'online' ? 1 : 2),
    text: (node) => node.link.state,
  },
  {
    id: 'labels',
    label: (t) => t.labels,
    width: 'minmax(140px, 2fr)',
    usual: true,
    cell: () => null,
    sort: (node) => labelText(node),
  },
  {
    id: 'system',
    label: (t) => t.system,
    width: 'minmax(110px, 1.2fr)',
    usual: true,
    cell: (node) => node.os ?? <Nothing />,
    sort: (node) => node.os ?? null,
  },
  {
    id: 'version',
    label: (t) => t.version,
    width: '82px',
    usual: true,
    face: 'number',
    cell: (node) => node.agentVersion ?? <Nothing />,
    sort: (node) => node.agentVersion ?? null,
  },
  {
    id: 'address',
    label: (t) => t.address,
    width: 'minmax(110px, 1fr)',
    usual: true,
    face: 'mono',
    cell: (node) => node.link.address ?? <Nothing />,
    sort: (node) => node.link.address ?? null,
  },
  {
    id: 'cpu',
    label: (t) => t.cpu,
    width: '104px',
    usual: true,
    cell: (node) => <Meter value={live(node)?.cpu ?? null} />,
    sort: (node) => live(node)?.cpu ?? null,
  },
  {
    id: 'memory',
    label: (t) => t.memory,
    width: '104px',
    usual: true,
    cell: (node) => <Meter value={share(live(node)?.memoryUsed, live(node)?.memoryTotal)} />,
    sort: (node) => share(live(node)?.memoryUsed, live(node)?.memoryTotal),
  },
  {
    id: 'disk',
    label: (t) => t.disk,
    width: '104px',
    usual: false,
    cell: (node) => {
      const disk = live(node) ? fullest(node) : null;
      return disk ? <Meter value={disk.used / disk.total} title={disk.mount} /> : <Nothing />;
    },
    sort: (node) => {
      const disk = live(node) ? fullest(node) : null;
      return disk && disk.used / disk.total;
    },
  },
  {
    id: 'network',
    label: (t) => t.network,
    width: '150px',
    usual: false,
    numeric: true,
    cell: (node, t) => {
      const now = live(node);
      return now?.networkIn == null || now.networkOut == null ? (
        <Nothing />
      ) : (
        t.perSecond(`↓${bytes(now.networkIn)} ↑${bytes(now.networkOut)}`)
      );
    },
    sort: (node) => {
      const now = live(node);
      return now?.networkIn == null ? null : now.networkIn + (now.networkOut ?? 0);
    },
  },
  {
    id: 'latency',
    label: (t) => t.latency,
    width: '84px',
    usual: true,
    numeric: true,
    cell: (node) => (node.link.rttMillis == null ? <Nothing /> : millis(node.link.rttMillis)),
    sort: (node) => node.link.rttMillis ?? null,
  },
  {
    id: 'uptime',
    label: (t) => t.uptime,
    width: '92px',
    usual: false,
    numeric: true,
    cell: (node) => {
      const up = live(node)?.uptime;
      return up == null ? <Nothing /> : span(up);
    },
    sort: (node) => live(node)?.uptime ?? null,
  },
  {
    id: 'hostname',
    label: (t) => t.hostname,
    width: 'minmax(120px, 1fr)',
    usual: false,
    cell: (node) => node.hostname ?? <Nothing />,
    sort: (node) => node.hostname ?? null,
  },
  {
    id: 'arch',
    label: (t) => t.arch,
    width: '100px',
    usual: false,
    cell: (node) => node.arch ?? <Nothing />,
    sort: (node) => node.arch ?? null,
  },
  {
    id: 'lastSeen',
    label: (t) => t.lastSeen,
    width: '116px',
    usual: true,
    cell: (node) =>
      node.lastSeen ? <Ago at={node.lastSeen} still={node.link.state === 'online'} /> : <Nothing />,
    sort: (node) => (node.lastSeen ? -Date.parse(node.lastSeen) : null),
    text: (node) => node.lastSeen ?? null,
  },
  {
    id: 'created',
    label: (t) => t.created,
    width: '116px',
    usual: false,
    cell: (node) => <Ago at={node.created} />,
    sort: (node) => -Date.parse(node.created),
    text: (node) => node.created,
  },
];

export function labelText(node: Node): string {
  return Object.entries(node.labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ');
}

/** By the column, what has no value last; by name where it is the same. */
export function sortNodes(nodes: Node[], sort: string | undefined): Node[] {
  const down = sort?.startsWith('-') ?? false;
  const id = down ? sort?.slice(1) : sort;
  const column = COLUMNS.find((one) => one.id === id);
  // They come by name.
  if (!column) return down && id === 'name' ? nodes.toReversed() : nodes;
  const keyed = nodes.map((node) => ({ node, key: column.sort(node) }));
  keyed.sort((a, b) => {
    if (a.key === b.key) return 0;
    if (a.key === null) return 1;
    if (b.key === null) return -1;
    return (a.key < b.key ? -1 : 1) * (down ? -1 : 1);
  });
  return keyed.map(({ node }) => node);
}

/** For a spreadsheet, which must not take a text of a stranger for a formula. */
export function csvOf(nodes: readonly Node[], columns: readonly Column[]): string {
  return [
    csvLine(['id', 'name', ...columns.map((column) => column.id)]),
    ...nodes.map((node) =>
      csvLine([node.id, node.name, ...columns.map((column) => (column.text ?? column.sort)(node))]),
    ),
  ].join('');
}
