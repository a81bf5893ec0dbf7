import type { Schemas } from '../../api/client';

/*
 * Which time the charts of a node show, as the address has it, and what comes of the hub's answer.
 */

export type Series = Schemas['Series'];
export type Item = Series['items'][number];

export const RANGES = { '1h': 3_600, '6h': 21_600, '24h': 86_400, '7d': 604_800, '90d': 7_776_000 };
export type RangeName = keyof typeof RANGES;

export interface NodeSearch {
  /** A time up to now; an hour where there is none. */
  range?: RangeName;
  /** A time that was chosen in a chart, in seconds since 1970. */
  from?: number;
  to?: number;
}

const YOUNGEST = 60;

export function readNodeSearch(raw: Record<string, unknown>): NodeSearch {
  const found: NodeSearch = {};
  if (typeof raw.range === 'string' && raw.range in RANGES) found.range = raw.range as RangeName;
  const from = Number(raw.from);
  const to = Number(raw.to);
  if (raw.from !== undefined && Number.isSafeInteger(from) && Number.isSafeInteger(to)) {
    if (from > 0 && to - from >= YOUNGEST) Object.assign(found, { from, to });
  }
  return found;
}

/** The time to show, in seconds: the end of a range is now. */
export function span(search: NodeSearch, now: number): [from: number, to: number] {
  if (search.from !== undefined && search.to !== undefined) return [search.from, search.to];
  const end = Math.floor(now / 1000);
  return [end - RANGES[search.range ?? '1h'], end];
}

/** A part of the time, no shorter than what the hub tells apart, and not of the future. */
export function part(
  [from, to]: [number, number],
  begin: number,
  end: number,
  now: number,
): [number, number] {
  const length = Math.max(5 * YOUNGEST, Math.round((to - from) * (end - begin)));
  const last = Math.min(Math.floor(now / 1000), Math.round(from + (to - from) * end));
  return [last - length, last];
}

export type Spread = [min: number, mean: number, max: number];

/** What is drawn: times, and of each line the least, the mean and the greatest. */
export interface Lines {
  at: number[];
  lines: [min: (number | null)[], mean: (number | null)[], max: (number | null)[]][];
}

/** Where nothing was heard for more than a step, there is a point without a value: a gap. */
export function lines(series: Series, of: ((item: Item) => Spread | null)[]): Lines {
  const step = series.stepSeconds;
  const drawn: Lines = { at: [], lines: of.map(() => [[], [], []]) };
  const push = (at: number, spreads: (Spread | null)[]) => {
    drawn.at.push(at);
    drawn.lines.forEach((line, i) => {
      for (const which of [0, 1, 2] as const) line[which].push(spreads[i]?.[which] ?? null);
    });
  };
  let before: number | null = null;
  for (const item of series.items) {
    const at = Date.parse(item.at) / 1000;
    if (before !== null && at - before > 1.5 * step) {
      push(
        before + step,
        of.map(() => null),
      );
    }
    push(
      at,
      of.map((one) => one(item)),
    );
    before = at;
  }
  return drawn;
}

/** Of a whole line: the least, the mean of the means, and the greatest; null where it is empty. */
export function summary(line: Lines['lines'][number]): Spread | null {
  const means = line[1].filter((value) => value !== null);
  if (means.length === 0) return null;
  return [
    Math.min(...line[0].filter((value) => value !== null)),
    means.reduce((sum, value) => sum + value, 0) / means.length,
    Math.max(...line[2].filter((value) => value !== null)),
  ];
}

const of = (
  total: number | null | undefined,
  spread: number[] | null | undefined,
): Spread | null =>
  total && spread ? (spread.map((value) => Math.min(1, value / total)) as unknown as Spread) : null;

export type ChartId = 'cpu' | 'memory' | 'disk' | 'network' | 'latency' | 'load';

/** The charts, each of one unit. */
export const CHARTS: {
  id: ChartId;
  unit: 'share' | 'bytes' | 'millis' | 'number';
  of: ((item: Item) => Spread | null)[];
}[] = [
  { id: 'cpu', unit: 'share', of: [(item) => (item.cpu as Spread | null) ?? null] },
  { id: 'memory', unit: 'share', of: [(item) => of(item.memoryTotal, item.memoryUsed)] },
  {
    id: 'network',
    unit: 'bytes',
    of: [
      (item) => (item.networkIn as Spread | null) ?? null,
      (item) => (item.networkOut as Spread | null) ?? null,
    ],
  },
  { id: 'latency', unit: 'millis', of: [(item) => (item.rttMillis as Spread | null) ?? null] },
  { id: 'disk', unit: 'share', of: [(item) => of(item.diskTotal, item.diskUsed)] },
  { id: 'load', unit: 'number', of: [(item) => (item.load as Spread | null) ?? null] },
];
