import { Button } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import type { Node } from '../api/client';
import { may, useMe } from '../identity/me';
import { afterPaint } from '../shell/afterPaint';
import { ErrorNotice } from '../shell/ErrorNotice';
import { Icon } from '../shell/Icon';
import { Page } from '../shell/Page';
import { Segments } from '../shell/Segments';
import { shellWords } from '../shell/text';
import { useStable } from '../shell/useStable';
import { useWords } from '../text/words';
import { bulkWords } from './bulkText';
import { COLUMNS, sortNodes } from './columns';
import { ColumnMenu, LabelMenu, MoreMenu, useColumns } from './FleetMenus';
import { FleetTable } from './FleetTable';
import css from './fleet.module.css';
import { NodeSearch, useEcho } from './NodeSearch';
import { SavedViews } from './SavedViews';
import {
  type FleetSearch,
  filterNodes,
  labelsText,
  needsAttention,
  parseLabels,
  toggleLabel,
} from './search';
import { useFleet } from './TenantNodes';
import { fleetWords } from './text';
import type { View } from './views';

const FleetPicture = lazy(() => import('./Picture'));
const BulkActions = lazy(() => import('./BulkActions'));

export function FleetPage() {
  const t = useWords(fleetWords);
  const bulk = useWords(bulkWords);
  const shell = useWords(shellWords);
  const { tenant } = useParams({ from: '/inside/t/$tenant/nodes' });
  const search = useSearch({ from: '/inside/t/$tenant/nodes' });
  const navigate = useNavigate({ from: '/t/$tenant/nodes' });
  const { nodes, whole, error } = useFleet();
  const [shownColumns, setShownColumns] = useColumns();
  const narrow = useMediaQuery('(max-width: 48em)', window.innerWidth <= 768);
  const me = useMe();
  const mayAdd = may(me, tenant, 'operator', true);

  const change = useStable((next: { [K in keyof FleetSearch]: FleetSearch[K] | undefined }) => {
    const all = { ...search, ...next };
    void navigate({
      search: Object.fromEntries(Object.entries(all).filter(([, value]) => value)) as FleetSearch,
      replace: true,
      resetScroll: false,
    });
  });

  // The address follows what the list shows, when that is seen: the router has much to do with it.
  const addressed = search.q ?? '';
  const [q, setQ] = useState(addressed);
  const send = useEcho(addressed, setQ);
  useEffect(() => {
    if (q === addressed) return;
    return afterPaint(() => {
      send(q);
      change({ q });
    });
  }, [q]);

  const { labels, state, sort } = search;
  const shown = useMemo(
    () =>
      sortNodes(
        filterNodes(nodes, {
          q,
          ...(labels ? { labels } : {}),
          ...(state ? { state } : {}),
        }),
        sort,
      ),
    [nodes, q, labels, state, sort],
  );
  const counts = useMemo(() => count(nodes), [nodes]);
  const filter = useMemo(() => parseLabels(labels), [labels]);
  const columns = useMemo(
    () => COLUMNS.filter((column) => shownColumns.includes(column.id)),
    [shownColumns],
  );
  // What stands above the list is not drawn anew with each change of a node.
  const toggle = useStable((key: string, value: string) =>
    change({ labels: labelsText(toggleLabel(filter, key, value)) || undefined }),
  );
  const exported = useStable(() => shown);
  const show = useStable((view: View) => {
    setQ(view.search.q ?? '');
    setShownColumns(view.columns);
    void navigate({ search: view.search });
  });
  const filtered = shown.length !== nodes.length;
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  // Only what is seen is acted upon.
  const acted = useMemo(
    () => (chosen.size === 0 ? [] : shown.filter((node) => chosen.has(node.id))),
    [shown, chosen],
  );

  const addButton = mayAdd && (
    <Button
      component={Link}
      to="/t/$tenant/add"
      params={{ tenant } as never}
      leftSection={<Icon name="add" size={16} />}
    >
      {shell.addNode}
    </Button>
  );

  return (
    <Page
      title={t.title}
      heading={
        <>
          <h1>{t.title}</h1>
          <span className={css.count} role="status">
            {nodes.length > 0 &&
              (filtered ? t.some(shown.length, nodes.length) : t.count(nodes.length))}
          </span>
        </>
      }
      acts={addButton}
    >
      {error !== null && nodes.length === 0 && <ErrorNotice error={error} />}
      {whole && nodes.length === 0 ? (
        <Empty>{addButton}</Empty>
      ) : (
        <>
          <search className={css.tools}>
            <NodeSearch value={q} onSearch={setQ} />
            <Segments
              aria-label={t.state}
              size="xs"
              value={state ?? 'all'}
              onChange={(value) =>
                change({ state: value === 'all' ? undefined : (value as 'online') })
              }
              data={[
                { value: 'all', label: t.all },
                { value: 'online', label: `${t.online} ${counts.online}` },
                { value: 'offline', label: `${t.offline} ${counts.offline}` },
                ...(counts.attention || state === 'attention'
                  ? [{ value: 'attention', label: `${t.attention} ${counts.attention}` }]
                  : []),
              ]}
            />
            <LabelMenu filter={filter} toggle={toggle} />
            <SavedViews tenant={tenant} search={search} columns={shownColumns} show={show} />
            <div className={css.toolsEnd}>
              <Segments
                aria-label={bulk.shown}
                size="xs"
                value={search.view ?? 'table'}
                onChange={(view) => change({ view: view === 'picture' ? 'picture' : undefined })}
                data={[
                  { value: 'table', label: bulk.table },
                  { value: 'picture', label: bulk.picture },
                ]}
              />
              {!narrow && search.view !== 'picture' && (
                <ColumnMenu shown={shownColumns} set={setShownColumns} />
              )}
              <MoreMenu tenant={tenant} nodes={exported} columns={columns} search={search} />
            </div>
          </search>
          {filter.length > 0 && (
            <div className={css.filters}>
              {filter.map(([key, value]) => (
                <button
                  type="button"
                  key={key}
                  className={css.filter}
                  aria-label={t.unfilter(`${key}=${value}`)}
                  onClick={() => toggle(key, value)}
                >
                  {key}={value}
                  <Icon name="close" size={12} />
                </button>
              ))}
            </div>
          )}
          {acted.length > 0 && (
            <Suspense>
              <BulkActions tenant={tenant} nodes={acted} clear={() => setChosen(new Set())} />
            </Suspense>
          )}
          {shown.length === 0 ? (
            <div className={css.noMatch} role="status">
              {nodes.length === 0 ? (
                error === null && t.loading
              ) : (
                <>
                  <p>{t.noMatch}</p>
                  <Button
                    variant="light"
                    onClick={() => {
                      setQ('');
                      change({ q: undefined, labels: undefined, state: undefined });
                    }}
                  >
                    {t.clear}
                  </Button>
                </>
              )}
            </div>
          ) : search.view === 'picture' ? (
            <Suspense>
              <FleetPicture
                tenant={tenant}
                nodes={shown}
                by={search.by}
                onBy={(by) => change({ by })}
                onLabel={toggle}
              />
            </Suspense>
          ) : (
            <FleetTable
              chosen={chosen}
              onChoose={setChosen}
              tenant={tenant}
              nodes={shown}
              columns={columns}
              narrow={narrow ?? false}
              sort={sort}
              onSort={(next) => change({ sort: next === 'name' ? undefined : next })}
              onLabel={toggle}
            />
          )}
        </>
      )}
    </Page>
  );
}

function count(nodes: readonly Node[]) {
  let online = 0;
  let attention = 0;
  for (const node of nodes) {
    if (node.link.state === 'online') online++;
    if (needsAttention(node)) attention++;
  }
  return { online, offline: nodes.length - online, attention };
}

/** Says what a node is before there is one. */
function Empty({ children }: { children: React.ReactNode }) {
  const t = useWords(fleetWords);
  return (
    <div className={css.empty}>
      <svg viewBox="0 0 320 120" aria-hidden="true" className={css.emptyPicture}>
        <path d="M40 30C110 30 130 60 160 60M40 60h120M40 90c70 0 90-30 120-30" />
        <path d="M160 60h112" data-strong />
        <circle cx="160" cy="60" r="20" />
        <rect x="14" y="22" width="26" height="16" rx="3" />
        <rect x="14" y="52" width="26" height="16" rx="3" />
        <rect x="14" y="82" width="26" height="16" rx="3" />
        <rect x="272" y="48" width="34" height="24" rx="4" data-strong />
      </svg>
      <h2>{t.emptyTitle}</h2>
      <p>{t.emptyWhat}</p>
      {children}
    </div>
  );
}
