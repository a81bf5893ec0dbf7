import { ActionIcon, Button, Menu, Tooltip } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type KeyboardEvent, useId, useMemo, useState } from 'react';
import { answer, api, type Node } from '../../api/client';
import { CopyMenu } from '../../shell/CopyMenu';
import { commandLine, curl } from '../../shell/commands';
import { csvLine, saveFile } from '../../shell/csv';
import { ErrorNotice } from '../../shell/ErrorNotice';
import { Icon } from '../../shell/Icon';
import { Segments } from '../../shell/Segments';
import { shellWords } from '../../shell/text';
import { bytes, dateRange, decimals, millis, percent, time } from '../../text/format';
import { useWords } from '../../text/words';
import { useNow } from '../../shell/useNow';
import { Chart } from './Chart';
import css from './node.module.css';
import {
  CHARTS,
  type ChartId,
  lines,
  type NodeSearch,
  part,
  RANGES,
  type RangeName,
  type Series,
  span,
  type Spread,
  summary,
} from './range';
import { nodeWords } from './text';

const POINTS = 240;
const REFRESH = 15_000;

const UNITS: Record<(typeof CHARTS)[number]['unit'], (value: number) => string> = {
  share: percent,
  bytes: (value) => `${bytes(value)}/s`,
  millis,
  number: (value) => decimals(value, value < 10 ? 2 : 1),
};

/** How the node was: the same time in every chart, chosen by a range or by dragging. */
export function NodeCharts({ tenant, node }: { tenant: string; node: Node }) {
  const t = useWords(nodeWords);
  const shell = useWords(shellWords);
  const search = useSearch({ from: '/inside/t/$tenant/nodes/$node' });
  const navigate = useNavigate({ from: '/t/$tenant/nodes/$node' });
  const now = useNow(REFRESH);
  const [table, setTable] = useState(false);
  const [point, setPoint] = useState<number | null>(null);
  const heading = useId();
  const chosen = search.from !== undefined;
  const range = search.range ?? '1h';

  const { data, error, isPlaceholderData } = useQuery({
    queryKey: ['series', tenant, node.id, search],
    queryFn: async () => {
      const [from, to] = span(search, Date.now());
      return {
        span: [from, to] as [number, number],
        series: await answer(
          api.GET('/api/v1/tenants/{tenant}/nodes/{node}/statistics/series', {
            params: {
              path: { tenant, node: node.id },
              query: { since: iso(from), until: iso(to), points: POINTS },
            },
          }),
        ),
      };
    },
    refetchInterval: chosen ? false : REFRESH,
    placeholderData: keepPreviousData,
  });

  function show(next: NodeSearch) {
    void navigate({ search: next, replace: true, resetScroll: false });
  }
  function zoom(begin: number, end: number) {
    const [from, to] = part(span(search, Date.now()), begin, end, Date.now());
    show({ ...(search.range ? { range: search.range } : {}), from, to });
  }
  const back = () => show(search.range ? { range: search.range } : {});

  function onKeyDown(event: KeyboardEvent) {
    const act = {
      ArrowLeft: () => zoom(-0.25, 0.75),
      ArrowRight: () => zoom(0.25, 1.25),
      '+': () => zoom(0.25, 0.75),
      '-': () => zoom(-0.5, 1.5),
      Escape: back,
    }[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  }

  const shown = data?.span ?? span(search, now);
  return (
    <section className={css.panel} aria-labelledby={heading}>
      <div className={css.chartsHead}>
        <h2 id={heading}>{t.overTime}</h2>
        <span className={css.shownTime}>{dateRange(shown[0], shown[1])}</span>
        <div className={css.chartsTools}>
          {chosen && (
            <Button size="compact-xs" variant="light" onClick={back}>
              {t.backTo(t.ranges[range])}
            </Button>
          )}
          <Act name="back" label={t.earlier} onClick={() => zoom(-0.5, 0.5)} />
          <Act name="forward" label={t.later} onClick={() => zoom(0.5, 1.5)} disabled={!chosen} />
          <Act name="zoomIn" label={t.zoomIn} onClick={() => zoom(0.25, 0.75)} />
          <Act name="zoomOut" label={t.zoomOut} onClick={() => zoom(-0.5, 1.5)} />
          <Act
            name="table"
            label={table ? t.asCharts : t.asTable}
            pressed={table}
            onClick={() => setTable(!table)}
          />
          <Segments
            size="xs"
            aria-label={t.overTime}
            value={chosen ? '' : range}
            onChange={(value) => show(value === '1h' ? {} : { range: value as RangeName })}
            data={Object.keys(RANGES).map((value) => ({
              value,
              label: (
                <span title={t.ranges[value as RangeName]}>
                  {t.rangesShort[value as RangeName]}
                </span>
              ),
            }))}
          />
          <CopyMenu
            link
            cli={commandLine(
              ...['fairlead', 'node', 'stats', node.name, '--tenant', tenant],
              ...['--since', iso(shown[0]), '--until', iso(shown[1])],
            )}
            curl={curl(`/api/v1/tenants/${tenant}/nodes/${node.name}/statistics/series`, {
              query: { since: iso(shown[0]), until: iso(shown[1]) },
            })}
          >
            <Menu.Item
              leftSection={<Icon name="download" size={16} />}
              disabled={!data}
              onClick={() => {
                if (data) saveFile(`${node.name}-over-time.csv`, 'text/csv', csvOf(data.series));
              }}
            >
              {shell.exportCsv}
            </Menu.Item>
          </CopyMenu>
        </div>
      </div>
      <ErrorNotice error={error} />
      {data &&
        (data.series.items.length === 0 ? (
          <p className={css.noData}>{t.nothingHeard}</p>
        ) : table ? (
          <SeriesTable series={data.series} />
        ) : (
          <div
            className={css.charts}
            data-old={isPlaceholderData || undefined}
            role="group"
            aria-label={t.chartsHint}
            tabIndex={0}
            onKeyDown={onKeyDown}
          >
            {CHARTS.map(({ id }) => (
              <OneChart
                key={id}
                id={id}
                series={data.series}
                span={data.span}
                point={point}
                onPoint={setPoint}
                onZoom={(from, to) => {
                  const [begin, end] = data.span;
                  zoom((from - begin) / (end - begin), (to - begin) / (end - begin));
                }}
              />
            ))}
          </div>
        ))}
      {!data && !error && <div className={css.chartsWait} aria-hidden="true" />}
    </section>
  );
}

function Act({
  name,
  label,
  onClick,
  pressed,
  disabled,
}: {
  name: 'back' | 'forward' | 'zoomIn' | 'zoomOut' | 'table';
  label: string;
  onClick: () => void;
  pressed?: boolean;
  disabled?: boolean;
}) {
  return (
    <Tooltip label={label}>
      <ActionIcon
        size={28}
        aria-label={label}
        aria-pressed={pressed}
        disabled={disabled ?? false}
        variant={pressed ? 'light' : 'subtle'}
        onClick={onClick}
      >
        <Icon name={name} size={16} />
      </ActionIcon>
    </Tooltip>
  );
}

function OneChart({
  id,
  series,
  span: shown,
  point,
  onPoint,
  onZoom,
}: {
  id: ChartId;
  series: Series;
  span: [number, number];
  point: number | null;
  onPoint: (index: number | null) => void;
  onZoom: (from: number, to: number) => void;
}) {
  const t = useWords(nodeWords);
  const chart = CHARTS.find((one) => one.id === id) as (typeof CHARTS)[number];
  const data = useMemo(() => lines(series, chart.of), [series, chart]);
  const format = UNITS[chart.unit];
  const at = point === null ? undefined : data.at[point];
  const names = id === 'network' ? [t.in, t.out] : [t.charts[id]];
  const values = data.lines.map((line, i) => {
    const index = at === undefined ? line[1].length - 1 : (point as number);
    const mean = line[1][index] ?? null;
    const most = line[2][index] ?? null;
    return { name: names[i] as string, mean, most };
  });
  const said = data.lines
    .map((line, i) => {
      const all = summary(line);
      return all
        ? `${names[i]}: ${t.summary(...(all.map(format) as [string, string, string]))}`
        : `${names[i]}: ${t.none}`;
    })
    .join('. ');
  return (
    <figure className={css.figure}>
      <figcaption>
        <span className={css.chartName}>{t.charts[id]}</span>
        <span className={css.chartNow} aria-hidden="true">
          {values.map(({ name, mean, most }, i) => (
            <span key={name}>
              {values.length > 1 && <i data-line={i} />}
              {values.length > 1 && `${name} `}
              {mean === null ? '–' : format(mean)}
              {at !== undefined &&
                values.length === 1 &&
                mean !== null &&
                most !== null &&
                most > mean * 1.005 && <small> {t.most(format(most))}</small>}
            </span>
          ))}
          {at !== undefined && <time>{time(new Date(at * 1000))}</time>}
        </span>
        <span className="fl-hidden">{said}</span>
      </figcaption>
      <Chart
        data={data}
        span={shown}
        top={chart.unit === 'share' ? 1 : null}
        binary={chart.unit === 'bytes'}
        format={format}
        onZoom={onZoom}
        onPoint={onPoint}
      />
    </figure>
  );
}

/** The same as numbers, for whoever reads them or hears them. */
function SeriesTable({ series }: { series: Series }) {
  const t = useWords(nodeWords);
  const cell = (spread: Spread | null, format: (value: number) => string) =>
    spread === null
      ? '–'
      : format(spread[1]) === format(spread[2])
        ? format(spread[1])
        : `${format(spread[1])} · ${t.most(format(spread[2]))}`;
  return (
    <section className={css.scrollTable} tabIndex={0} aria-label={t.asTable}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t.time}</th>
            {CHARTS.flatMap(({ id, of }) =>
              of.map((_, i) => (
                <th scope="col" key={`${id}${i}`}>
                  {of.length > 1 ? `${t.charts[id]} ${i === 0 ? t.in : t.out}` : t.charts[id]}
                </th>
              )),
            )}
          </tr>
        </thead>
        <tbody>
          {series.items.toReversed().map((item) => (
            <tr key={item.at}>
              <th scope="row">{time(item.at)}</th>
              {CHARTS.flatMap(({ id, of, unit }) =>
                of.map((one, i) => <td key={`${id}${i}`}>{cell(one(item), UNITS[unit])}</td>),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Each value with the least, the mean and the most of its step. */
function csvOf(series: Series): string[] {
  const all = CHARTS.flatMap(({ id, of }) =>
    of.map((one, i) => ({ name: of.length > 1 ? `${id}${i === 0 ? 'In' : 'Out'}` : id, one })),
  );
  return [
    csvLine(['at', ...all.flatMap(({ name }) => [`${name}Least`, `${name}Mean`, `${name}Most`])]),
    ...series.items.map((item) =>
      csvLine([item.at, ...all.flatMap(({ one }) => one(item) ?? [null, null, null])]),
    ),
  ];
}

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
