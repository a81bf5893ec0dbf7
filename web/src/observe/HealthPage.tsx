import { Menu } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { answer, api } from '../api/client';
import { commandLine, curl } from '../shell/commands';
import { CopyMenu } from '../shell/CopyMenu';
import { csvLine, saveFile } from '../shell/csv';
import { ErrorNotice } from '../shell/ErrorNotice';
import { Icon } from '../shell/Icon';
import { Page } from '../shell/Page';
import { Panel } from '../shell/Panel';
import { Segments } from '../shell/Segments';
import { number, span as spanText } from '../text/format';
import { useWords } from '../text/words';
import { Course, type Line } from './Course';
import { type Figure, figure, type Health, shown } from './figures';
import { SPANS, type Span } from './search';
import css from './observe.module.css';
import { healthWords } from './text';

/** The hub reads its figures as often. */
const EVERY = 10_000;
/** Points that a course has at least. */
const LEAST = 6;

/** How the hub itself does, for its administrators. */
export function HealthPage() {
  const t = useWords(healthWords);
  const { span = '1h' } = useSearch({ from: '/inside/t/$tenant/health' });
  const navigate = useNavigate({ from: '/t/$tenant/health' });
  const { data, error } = useQuery({
    queryKey: ['hub-health', span],
    queryFn: () => answer(api.GET('/api/v1/hub/health', { params: { query: { span } } })),
    refetchInterval: EVERY,
    placeholderData: keepPreviousData,
  });
  return (
    <Page
      title={t.title}
      heading={
        <div className={css.title}>
          <h1>{t.title}</h1>
          {data && (
            <span className={css.state} data-ready={data.ready} role="status">
              <i aria-hidden="true" />
              {data.ready ? t.ready : t.notReady},{' '}
              {t.up(spanText((Date.parse(data.at) - Date.parse(data.started)) / 1000))}
            </span>
          )}
        </div>
      }
      acts={
        <>
          <Segments
            aria-label={t.span}
            size="xs"
            value={span}
            onChange={(next) =>
              void navigate({
                search: next === '1h' ? {} : { span: next as Span },
                replace: true,
                resetScroll: false,
              })
            }
            data={SPANS.map((one) => ({ value: one, label: t.spans[one] }))}
          />
          {data && <More health={data} span={span} />}
        </>
      }
    >
      <ErrorNotice error={error} />
      {data && (
        <>
          <Checks health={data} />
          <Figures health={data} />
          <Counts counts={data.counts} />
          <p className={css.hint}>{t.metrics}</p>
        </>
      )}
    </Page>
  );
}

/** Only what is wrong: what works needs no line. */
function Checks({ health }: { health: Health }) {
  const t = useWords(healthWords);
  const wrong = health.checks.filter((check) => check.problem !== null);
  const young = Date.parse(health.at) - Date.parse(health.started) < 60_000;
  if (wrong.length === 0 && !young) return null;
  return (
    <div className={css.notice} data-bad={wrong.length > 0 || undefined} role="status">
      {wrong.map((check) => (
        <p key={check.name}>
          <strong>{t.checks[check.name] ?? check.name}</strong>: {check.problem}
        </p>
      ))}
      {wrong.length === 0 && young && <p>{t.young}</p>}
    </div>
  );
}

function Figures({ health }: { health: Health }) {
  const t = useWords(healthWords);
  const of = (name: string, label?: string) => figure(health, name, label);
  const kinds = (['ssh', 'exec', 'tcp', 'terminal'] as const).map((kind) => ({
    label: t.kinds[kind],
    figure: of('streams_open', kind),
  }));
  const open = kinds.reduce((sum, kind) => sum + (kind.figure?.now ?? 0), 0);
  const disk = of('disk_size_bytes')?.now ?? null;
  const cpus = of('cpus')?.now ?? null;
  const cpu = of('cpu_seconds_total');
  const free = of('disk_free_bytes');
  const answered = of('database_answer_seconds');
  // Of a hub that is younger than the time that is shown, its own time only.
  const before = Math.floor(
    (Date.parse(health.started) - Date.parse(health.from)) / 1000 / health.step,
  );
  const skip = Math.max(0, Math.min(before, (health.series[0]?.points.length ?? 0) - LEAST));
  const from = new Date(Date.parse(health.from) + skip * health.step * 1000).toISOString();
  const chart = (lines: Line[], top?: number | null) => (
    <Course
      from={from}
      step={health.step}
      top={top ?? null}
      lines={lines.map(({ label, figure }) => ({
        label,
        figure: figure && {
          ...figure,
          points: figure.points.slice(skip),
          peaks: figure.peaks.slice(skip),
        },
      }))}
    />
  );
  return (
    <div className={css.figures}>
      <Tile title={t.links} now={value(of('links', 'node'))} what={t.nodes}>
        {chart([
          { label: t.nodes, figure: of('links', 'node') },
          { label: t.people, figure: of('links', 'client') },
        ])}
      </Tile>
      <Tile title={t.streams} now={number(open)} what={t.streamsOpen(open).replace(/^\S+ /, '')}>
        {chart(kinds)}
      </Tile>
      <Tile
        title={t.traffic}
        now={value(of('relayed_bytes_total', 'from-node'))}
        what={t.fromNodes}
      >
        {chart([
          { label: t.fromNodes, figure: of('relayed_bytes_total', 'from-node') },
          { label: t.toNodes, figure: of('relayed_bytes_total', 'to-node') },
        ])}
      </Tile>
      <Tile title={t.sessions} now={value(of('sessions', 'live'))} what={t.live}>
        {chart([
          { label: t.live, figure: of('sessions', 'live') },
          { label: t.interrupted, figure: of('sessions', 'interrupted') },
        ])}
      </Tile>
      <Tile title={t.refusals} now={value(of('refused_total'))} what={t.refused}>
        {chart([
          { label: t.refused, figure: of('refused_total') },
          { label: t.limits, figure: of('limits_total') },
        ])}
      </Tile>
      <Tile title={t.api} now={value(of('http_requests_seconds_count'))} what={t.requests}>
        {chart([{ label: t.requests, figure: of('http_requests_seconds_count') }])}
      </Tile>
      <Tile title={t.tookTitle} now={value(of('http_requests_seconds'))} what={t.took}>
        {chart([{ label: t.took, figure: of('http_requests_seconds') }])}
      </Tile>
      <Tile
        title={t.database}
        now={value(answered)}
        what={`${t.answer}, ${value(of('database_size_bytes'))}`}
      >
        {chart([{ label: t.answer, figure: answered }])}
      </Tile>
      <Tile
        title={t.databaseConnections}
        now={value(of('database_connections', 'busy'))}
        what={t.busy}
      >
        {chart([
          { label: t.busy, figure: of('database_connections', 'busy') },
          { label: t.waiting, figure: of('database_waiting') },
        ])}
      </Tile>
      <Tile
        title={t.disk}
        now={value(free)}
        what={disk === null ? t.free : t.freeOf('', shown(disk, 'bytes')).trim()}
        level={free?.now != null && disk ? level(1 - free.now / disk) : 'fine'}
      >
        {chart([{ label: t.free, figure: free }], disk)}
      </Tile>
      <Tile title={t.memory} now={value(of('memory_bytes', 'resident'))} what={t.resident}>
        {chart([
          { label: t.resident, figure: of('memory_bytes', 'resident') },
          { label: t.heap, figure: of('memory_bytes', 'heap') },
        ])}
      </Tile>
      <Tile
        title={t.cpu}
        now={value(cpu)}
        what={cpus === null ? t.cpuBusy : t.cpusOf('', shown(cpus, 'cpus')).trim()}
        level={cpu?.now != null && cpus ? level(cpu.now / cpus) : 'fine'}
      >
        {chart([{ label: t.cpuBusy, figure: cpu }], cpus)}
      </Tile>
      <Tile title={t.door} now={value(of('http_connections'))} what={t.connections}>
        {chart([
          { label: t.connections, figure: of('http_connections') },
          { label: t.eventStreams, figure: of('http_event_streams') },
          { label: t.tlsWaiting, figure: of('tls_handshakes_waiting') },
        ])}
      </Tile>
    </div>
  );
}

function value(one: Figure | undefined): string {
  return one ? shown(one.now, one.unit) : '–';
}

function level(share: number): 'fine' | 'warning' | 'bad' {
  return share > 0.95 ? 'bad' : share > 0.85 ? 'warning' : 'fine';
}

/** One figure: what it is now, in large, and how it went. */
function Tile({
  title,
  now,
  what,
  level: how = 'fine',
  children,
}: {
  title: string;
  now: string;
  what: string;
  level?: 'fine' | 'warning' | 'bad';
  children: ReactNode;
}) {
  return (
    <Panel title={title}>
      <p className={css.now} data-level={how}>
        <b className="fl-number">{now}</b> {what}
      </p>
      {children}
    </Panel>
  );
}

function Counts({ counts }: { counts: Health['counts'] }) {
  const t = useWords(healthWords);
  return (
    <Panel title={t.counts}>
      <p>{counts.length > 0 ? t.countsWhat : t.noCounts}</p>
      {counts.length > 0 && (
        <div className={css.scroll} tabIndex={0} role="group" aria-label={t.counts}>
          <table className={css.table} aria-label={t.counts}>
            <thead>
              <tr>
                <th scope="col">{t.counter}</th>
                <th scope="col">{t.labels}</th>
                <th scope="col">{t.count}</th>
              </tr>
            </thead>
            <tbody>
              {counts.map((one) => (
                <tr key={one.name + labelsOf(one)}>
                  <td className="fl-mono">{one.name}</td>
                  <td>{labelsOf(one)}</td>
                  <td className="fl-number">{number(one.count)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}

function labelsOf(one: { labels: Record<string, string> }): string {
  return Object.values(one.labels).sort().join(' · ');
}

function More({ health, span }: { health: Health; span: Span }) {
  const t = useWords(healthWords);
  return (
    <CopyMenu
      cli={commandLine('fairlead', 'health', span !== '1h' && '--span', span !== '1h' && span)}
      curl={curl('/api/v1/hub/health', { query: span === '1h' ? {} : { span } })}
    >
      <Menu.Item
        leftSection={<Icon name="download" size={16} />}
        onClick={() => saveFile(`fairlead-health-${span}.csv`, 'text/csv', figuresCsv(health))}
      >
        {t.exportFigures}
      </Menu.Item>
      <Menu.Item
        leftSection={<Icon name="download" size={16} />}
        onClick={() =>
          saveFile('fairlead-counters.csv', 'text/csv', [
            csvLine(['name', 'labels', 'count']),
            ...health.counts.map((one) => csvLine([one.name, labelsOf(one), one.count])),
          ])
        }
      >
        {t.exportCounts}
      </Menu.Item>
    </CopyMenu>
  );
}

/** A row for each step, a column for each figure. */
function figuresCsv(health: Health): string[] {
  const begin = Date.parse(health.from);
  const name = (one: Figure) => [one.name, ...Object.values(one.labels)].join(' ');
  return [
    csvLine(['at', ...health.series.map(name)]),
    ...(health.series[0]?.points ?? []).map((_, i) =>
      csvLine([
        new Date(begin + i * health.step * 1000).toISOString(),
        ...health.series.map((one) => one.points[i] ?? null),
      ]),
    ),
  ];
}
