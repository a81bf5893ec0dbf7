import { Menu, Switch } from '@mantine/core';
import { useDocumentVisibility, useMediaQuery } from '@mantine/hooks';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { answer, api } from '../api/client';
import { CopyMenu } from '../shell/CopyMenu';
import { curl } from '../shell/commands';
import { ErrorNotice } from '../shell/ErrorNotice';
import { FilterField } from '../shell/FilterField';
import css from '../shell/filters.module.css';
import { Icon } from '../shell/Icon';
import { NoRows } from '../shell/Nothing';
import { Page } from '../shell/Page';
import { type RowColumn, rowOpener, RowTable } from '../shell/RowTable';
import { Segments } from '../shell/Segments';
import { TimeRange } from '../shell/TimeRange';
import { shellWords } from '../shell/text';
import { useExport } from '../shell/useExport';
import { number, time } from '../text/format';
import { useWords } from '../text/words';
import { CSV_HEAD, csvOf, jsonLineOf, shortDetails } from './facts';
import { Outcome } from './Outcome';
import { RecordPanel } from './RecordPanel';
import {
  ACTS_AND_GROUPS,
  actOf,
  type AuditFilter,
  type AuditRecord,
  type AuditSearch,
  auditCommand,
  auditQuery,
} from './search';
import { auditWords } from './text';
import { newer, useTail } from './useTail';

const PAGE = 200;

/** Who did what, from where, and how it came out. */
export function AuditPage() {
  const t = useWords(auditWords);
  const shell = useWords(shellWords);
  const { tenant } = useParams({ from: '/inside/t/$tenant/audit' });
  const search = useSearch({ from: '/inside/t/$tenant/audit' });
  const navigate = useNavigate({ from: '/t/$tenant/audit' });
  const narrow = useMediaQuery('(max-width: 48em)', window.innerWidth <= 768) ?? false;
  const seen = useDocumentVisibility() === 'visible';
  const client = useQueryClient();
  const save = useExport();

  const { record: open, live: still, ...filter } = search;
  const live = still !== false && !search.until;
  const queryKey = useMemo(
    () => ['audit', tenant, 'page', JSON.stringify(filter)],
    [tenant, JSON.stringify(filter)],
  );
  const { data, error, isPending, hasNextPage, fetchNextPage, isFetchingNextPage } =
    useInfiniteQuery({
      queryKey,
      queryFn: ({ pageParam, signal }) =>
        readPage(tenant, filter, pageParam || undefined, PAGE, signal),
      initialPageParam: '',
      getNextPageParam: (page) => page.next,
      // The stream has what comes after it.
      staleTime: Number.POSITIVE_INFINITY,
      gcTime: 0,
    });
  const listed = useMemo(() => data?.pages.flatMap(({ items }) => items) ?? [], [data]);
  const anew = useCallback(() => void client.resetQueries({ queryKey }), [client, queryKey]);
  const from = data && live && seen ? (listed[0]?.seq ?? 0) : undefined;
  const tail = useTail(tenant, filter, from, anew);
  const records = useMemo(() => newer(tail.fresh, listed), [tail.fresh, listed]);

  function change(next: { [K in keyof AuditSearch]?: AuditSearch[K] | undefined }) {
    void navigate({
      search: (all) =>
        Object.fromEntries(
          Object.entries({ ...all, ...next }).filter(
            ([, value]) => value !== undefined && value !== '',
          ),
        ) as AuditSearch,
      replace: !('record' in next),
      resetScroll: false,
    });
  }

  const columns = useMemo<RowColumn<AuditRecord>[]>(
    () => [
      {
        id: 'act',
        label: t.act,
        width: 'minmax(176px, 1.1fr)',
        cell: (record) => (
          <Link
            from="/t/$tenant/audit"
            to="."
            search={(all) => ({ ...all, record: record.seq })}
            resetScroll={false}
            className={rowOpener}
          >
            {record.act}
          </Link>
        ),
      },
      {
        id: 'outcome',
        label: t.outcome,
        width: '104px',
        cell: (record) => <Outcome outcome={record.outcome} />,
      },
      {
        id: 'who',
        label: t.who,
        width: 'minmax(130px, 1fr)',
        cell: (record) => record.who,
      },
      {
        id: 'subject',
        label: t.subject,
        width: 'minmax(130px, 1fr)',
        cell: (record) => <span title={record.subject ?? ''}>{record.subject ?? '–'}</span>,
      },
      {
        id: 'details',
        label: t.details,
        width: 'minmax(140px, 1.6fr)',
        cell: (record) => (
          <>
            {(record.count ?? 1) > 1 && (
              <span className={css.chip}>{t.times(number(record.count ?? 1))}</span>
            )}{' '}
            <span title={shortDetails(record)}>{shortDetails(record)}</span>
          </>
        ),
      },
      {
        id: 'from',
        label: t.from,
        width: '124px',
        cell: (record) => <span className="fl-mono">{record.address ?? '–'}</span>,
      },
      {
        id: 'at',
        label: t.at,
        width: '178px',
        cell: (record) => <time dateTime={record.at}>{time(record.at)}</time>,
      },
    ],
    [t],
  );
  const more = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  const people = useMemo(() => [...new Set(records.map(({ who }) => who))].sort(), [records]);
  const filtered = Object.keys(filter).length > 0;

  return (
    <Page
      title={t.title}
      heading={
        <>
          <h1>{t.title}</h1>
          <span className={css.count} role="status">
            {records.length > 0 && t.count(number(records.length) + (hasNextPage ? '+' : ''))}
          </span>
        </>
      }
      acts={
        <Switch
          label={live && seen && !tail.open && data ? t.waiting : t.live}
          title={search.until ? t.pastOnly : t.liveWhat}
          disabled={Boolean(search.until)}
          checked={live}
          onChange={(event) => change({ live: event.currentTarget.checked ? undefined : false })}
        />
      }
    >
      <search className={css.tools}>
        <Segments
          aria-label={t.outcome}
          size="xs"
          value={search.outcome ?? 'all'}
          onChange={(value) => change({ outcome: value === 'all' ? undefined : (value as 'done') })}
          data={[
            { value: 'all', label: t.all },
            ...(['done', 'denied', 'failed'] as const).map((value) => ({
              value,
              label: t.outcomes[value] ?? value,
            })),
          ]}
        />
        <FilterField
          label={t.act}
          placeholder={t.anyAct}
          value={search.act}
          data={ACTS_AND_GROUPS}
          set={(act) => change({ act: actOf(act) })}
        />
        <FilterField
          label={t.who}
          placeholder={t.anybody}
          value={search.who}
          data={people}
          set={(who) => change({ who })}
        />
        <TimeRange
          range={search}
          set={(range) => change({ last: undefined, since: undefined, until: undefined, ...range })}
        />
        <div className={css.toolsEnd}>
          <CopyMenu
            link
            cli={auditCommand(filter)}
            curl={curl(`/api/v1/tenants/${tenant}/audit`, { query: auditQuery(filter) })}
          >
            <Menu.Item
              leftSection={<Icon name="download" size={16} />}
              onClick={() =>
                void save(
                  { name: `${tenant}-audit.csv`, type: 'text/csv', head: CSV_HEAD },
                  (cursor, signal) => readPage(tenant, filter, cursor, 500, signal),
                  csvOf,
                )
              }
            >
              {shell.exportCsv}
            </Menu.Item>
            <Menu.Item
              leftSection={<Icon name="download" size={16} />}
              onClick={() =>
                void save(
                  { name: `${tenant}-audit.jsonl`, type: 'application/jsonl' },
                  (cursor, signal) => readPage(tenant, filter, cursor, 500, signal),
                  jsonLineOf,
                )
              }
            >
              {t.exportJson}
            </Menu.Item>
          </CopyMenu>
        </div>
      </search>
      <ErrorNotice error={error} />
      {records.length > 0 ? (
        <RowTable
          label={t.title}
          rows={records}
          rowKey={recordKey}
          columns={columns}
          narrow={narrow}
          narrowFacts={(record) => (
            <>
              <Outcome outcome={record.outcome} />
              <span>{record.who}</span>
              <time dateTime={record.at}>{time(record.at)}</time>
            </>
          )}
          onEnd={hasNextPage && !isFetchingNextPage ? more : undefined}
          end={hasNextPage ? t.more : t.thatIsAll}
          open={open === undefined ? undefined : String(open)}
        />
      ) : (
        <NoRows
          loading={isPending}
          filtered={filtered}
          onClear={() =>
            change({
              act: undefined,
              who: undefined,
              outcome: undefined,
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
      {open !== undefined && (
        <RecordPanel
          tenant={tenant}
          seq={open}
          listed={records.find(({ seq }) => seq === open)}
          change={(next) => change({ record: undefined, ...next })}
          close={() => change({ record: undefined })}
        />
      )}
    </Page>
  );
}

function recordKey(record: AuditRecord): string {
  return String(record.seq);
}

function readPage(
  tenant: string,
  filter: AuditFilter,
  cursor: string | undefined,
  limit: number,
  signal: AbortSignal,
) {
  return answer(
    api.GET('/api/v1/tenants/{tenant}/audit', {
      params: {
        path: { tenant },
        query: { ...auditQuery(filter), limit, ...(cursor ? { cursor } : {}) },
      },
      signal,
    }),
  );
}
