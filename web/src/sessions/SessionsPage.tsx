import { Button, Menu } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import type { Session } from '../api/client';
import { isProblem } from '../api/problem';
import { useNow } from '../shell/useNow';
import { useFleet } from '../fleet/TenantNodes';
import { useMe } from '../identity/me';
import { CopyMenu } from '../shell/CopyMenu';
import { commandLine, curl } from '../shell/commands';
import { ErrorNotice } from '../shell/ErrorNotice';
import { FilterField } from '../shell/FilterField';
import css from '../shell/filters.module.css';
import { Icon } from '../shell/Icon';
import { NoRows } from '../shell/Nothing';
import { Page } from '../shell/Page';
import { type RowColumn, rowOpener, RowTable } from '../shell/RowTable';
import { Segments } from '../shell/Segments';
import { rangeQuery, rangeWords } from '../shell/range';
import { TimeRange } from '../shell/TimeRange';
import { shellWords } from '../shell/text';
import { useExport } from '../shell/useExport';
import { ago, bytes, number, span, time } from '../text/format';
import { useWords } from '../text/words';
import { EndSessions } from './EndSessions';
import { causeOf, csvOf, CSV_HEAD, lasted, mayEnd, whatOf } from './facts';
import { SessionPanel } from './SessionPanel';
import type { SessionsSearch } from './search';
import { sessionWords } from './text';
import { readPage, useRates, useSessions } from './useSessions';

/** Who uses which node for what, and who did. */
export function SessionsPage() {
  const t = useWords(sessionWords);
  const shell = useWords(shellWords);
  const { tenant } = useParams({ from: '/inside/t/$tenant/sessions' });
  const search = useSearch({ from: '/inside/t/$tenant/sessions' });
  const navigate = useNavigate({ from: '/t/$tenant/sessions' });
  const narrow = useMediaQuery('(max-width: 48em)', window.innerWidth <= 768) ?? false;
  const me = useMe();
  const { nodes } = useFleet();
  const now = useNow(1_000);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [ending, setEnding] = useState<readonly Session[]>([]);

  const { session: open, ...filter } = search;
  const { data, error, isPending, hasNextPage, fetchNextPage, isFetchingNextPage, dataUpdatedAt } =
    useSessions(tenant, filter);
  const sessions = useMemo(() => data?.pages.flatMap(({ items }) => items) ?? [], [data]);
  const rates = useRates(sessions, dataUpdatedAt);

  function change(next: { [K in keyof SessionsSearch]?: SessionsSearch[K] | undefined }) {
    setChosen(new Set());
    void navigate({
      search: (all) =>
        Object.fromEntries(
          Object.entries({ ...all, ...next }).filter(([, value]) => value),
        ) as SessionsSearch,
      replace: !('session' in next),
      resetScroll: false,
    });
  }

  const labels = useMemo(() => new Map(nodes.map((node) => [node.id, node.labels])), [nodes]);
  const mine = (session: Session) => mayEnd(me, tenant, session, labels.get(session.nodeId));
  const selected = sessions.filter((one) => chosen.has(one.id) && one.state !== 'ended');
  const users = useMemo(() => [...new Set(sessions.map(({ user }) => user))].sort(), [sessions]);
  const filtered = Object.keys(filter).length > 0;

  const columns = useMemo<RowColumn<Session>[]>(
    () => [
      {
        id: 'user',
        label: t.user,
        width: 'minmax(144px, 1.1fr)',
        cell: (session) => (
          <>
            <span className={css.dot} data-state={session.state} aria-hidden="true" />
            <Link
              from="/t/$tenant/sessions"
              to="."
              search={(all) => ({ ...all, session: session.id })}
              resetScroll={false}
              className={rowOpener}
              aria-label={`${session.user} → ${session.node}, ${t[session.state]}`}
            >
              {session.user}
            </Link>
          </>
        ),
      },
      {
        id: 'node',
        label: t.node,
        width: 'minmax(96px, 1fr)',
        cell: (session) => session.node,
      },
      {
        id: 'kind',
        label: t.kind,
        width: '86px',
        cell: (session) => t.kinds[session.kind] ?? session.kind,
      },
      {
        id: 'what',
        label: t.what,
        width: 'minmax(90px, 1.2fr)',
        cell: (session) => (
          <span className="fl-mono" title={whatOf(session)}>
            {whatOf(session) || '–'}
          </span>
        ),
      },
      {
        id: 'from',
        label: t.from,
        width: '116px',
        cell: (session) => <span className="fl-mono">{session.address ?? '–'}</span>,
      },
      {
        id: 'began',
        label: t.began,
        width: '104px',
        cell: (session) => (
          <time dateTime={session.started} title={time(session.started)}>
            {ago(session.started, now)}
          </time>
        ),
      },
      {
        id: 'lasted',
        label: t.lasted,
        width: '80px',
        numeric: true,
        cell: (session) => span(lasted(session, now)),
      },
      {
        id: 'rate',
        label: t.rate,
        width: '80px',
        numeric: true,
        cell: (session) => {
          const rate = rates.get(session.id)?.perSecond;
          return rate == null ? '' : t.perSecond(bytes(rate));
        },
      },
      {
        id: 'bytes',
        label: t.bytes,
        width: '146px',
        numeric: true,
        cell: (session) => `↑ ${bytes(session.bytesIn ?? 0)}  ↓ ${bytes(session.bytesOut ?? 0)}`,
      },
      {
        id: 'why',
        label: t.why,
        width: 'minmax(150px, 1.3fr)',
        cell: (session) =>
          session.state === 'ended' ? (
            <span title={session.cause ?? ''}>{causeOf(session, t)}</span>
          ) : (
            <span className={css.chip} data-tone={session.state === 'live' ? 'good' : 'warning'}>
              {t[session.state]}
            </span>
          ),
      },
    ],
    [t, now, rates],
  );

  const query = {
    ...(search.state ? { state: search.state } : {}),
    ...(search.node ? { node: search.node } : {}),
    ...(search.user ? { user: search.user } : {}),
  };
  const save = useExport();
  const more = useCallback(() => void fetchNextPage(), [fetchNextPage]);

  return (
    <Page
      title={t.title}
      heading={
        <>
          <h1>{t.title}</h1>
          <span className={css.count} role="status">
            {sessions.length > 0 && t.count(number(sessions.length) + (hasNextPage ? '+' : ''))}
          </span>
        </>
      }
      acts={
        selected.length > 0 && (
          <Button color="coral" onClick={() => setEnding(selected)}>
            {t.endThese(selected.length)}
          </Button>
        )
      }
    >
      <search className={css.tools}>
        <Segments
          aria-label={t.state}
          size="xs"
          value={search.state ?? 'all'}
          onChange={(value) =>
            change({ state: value === 'all' ? undefined : (value as 'live' | 'ended') })
          }
          data={[
            { value: 'all', label: t.all },
            { value: 'live', label: t.live },
            { value: 'ended', label: t.ended },
          ]}
        />
        <FilterField
          label={t.node}
          placeholder={t.anyNode}
          value={search.node}
          data={nodes.map((node) => node.name)}
          set={(node) => change({ node })}
        />
        <FilterField
          label={t.user}
          placeholder={t.anyUser}
          value={search.user}
          data={users}
          set={(user) => change({ user })}
        />
        <TimeRange
          range={search}
          set={(range) => change({ last: undefined, since: undefined, until: undefined, ...range })}
        />
        <div className={css.toolsEnd}>
          <CopyMenu
            link
            cli={commandLine(
              'fairlead',
              'sessions',
              search.state !== 'live' && '--all',
              ...(search.node ? ['--node', search.node] : []),
              ...(search.user ? ['--user', search.user] : []),
              ...rangeWords(search),
            )}
            curl={curl(`/api/v1/tenants/${tenant}/sessions`, {
              query: { ...query, ...rangeQuery(search) },
            })}
          >
            <Menu.Item
              leftSection={<Icon name="download" size={16} />}
              onClick={() =>
                void save(
                  { name: `${tenant}-sessions.csv`, type: 'text/csv', head: CSV_HEAD },
                  (cursor, signal) => readPage(tenant, filter, cursor, 500, signal),
                  csvOf,
                )
              }
            >
              {shell.exportCsv}
            </Menu.Item>
          </CopyMenu>
        </div>
      </search>
      {error !== null && !isProblem(error, 'not-found') && <ErrorNotice error={error} />}
      {sessions.length > 0 ? (
        <RowTable
          label={t.title}
          rows={sessions}
          rowKey={sessionId}
          columns={columns}
          narrow={narrow}
          narrowFacts={(session) => (
            <>
              <span>{session.node}</span>
              <span>{t.kinds[session.kind] ?? session.kind}</span>
              <span>{span(lasted(session, now))}</span>
              <span>{session.state === 'ended' ? causeOf(session, t) : t[session.state]}</span>
            </>
          )}
          selection={{
            chosen,
            may: mine,
            name: (session) => `${session.user} → ${session.node}`,
            choose: setChosen,
          }}
          onEnd={hasNextPage && !isFetchingNextPage ? more : undefined}
          end={hasNextPage ? t.more : t.thatIsAll}
          open={open}
        />
      ) : (
        <NoRows
          loading={isPending}
          filtered={filtered}
          onClear={() =>
            change({
              state: undefined,
              node: undefined,
              user: undefined,
              last: undefined,
              since: undefined,
              until: undefined,
            })
          }
          noMatch={t.noMatch}
          none={t.none}
          what={t.noneWhat}
        />
      )}
      {open && (
        <SessionPanel
          tenant={tenant}
          id={open}
          listed={sessions.find((one) => one.id === open)}
          rate={rates.get(open)}
          now={now}
          mayEnd={mine}
          end={(session) => setEnding([session])}
          close={() => change({ session: undefined })}
        />
      )}
      {ending.length > 0 && (
        <EndSessions
          tenant={tenant}
          sessions={ending}
          close={() => setEnding([])}
          done={() => setChosen(new Set())}
        />
      )}
    </Page>
  );
}

function sessionId(session: Session): string {
  return session.id;
}
