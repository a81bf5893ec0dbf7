import type { Schemas } from '../api/client';
import { bytes, decimals, millis, number } from '../text/format';

/*
 * The hub's figures as its answer has them, and as people read them.
 */

export type Health = Schemas['HubHealth'];
export type Figure = Schemas['HealthSeries'];
/** A series by its name in `/metrics`, without `fairlead_`, and the one label that it may have. */
export function figure(health: Health, name: string, label?: string): Figure | undefined {
  return health.series.find(
    (one) =>
      one.name === `fairlead_${name}` &&
      (label === undefined || Object.values(one.labels).includes(label)),
  );
}

export function peakOf(one: Figure): number | null {
  return one.peaks.reduce<number | null>(
    (most, peak) => (peak !== null && (most === null || peak > most) ? peak : most),
    null,
  );
}

/** A value of a unit, short. */
export function shown(value: number | null | undefined, unit: Figure['unit']): string {
  if (value === null || value === undefined) return '–';
  switch (unit) {
    case 'bytes':
      return bytes(Math.round(value));
    case 'bytes-per-second':
      return `${bytes(Math.round(value))}/s`;
    case 'seconds':
      return value < 1 ? millis(value * 1000) : `${decimals(value, 1)} s`;
    case 'per-second':
      return `${decimals(value, value < 10 ? 1 : 0)}/s`;
    case 'cpus':
      return decimals(value, 2);
    case 'count':
      return number(Math.round(value));
  }
}

/** What the top of a chart stands for: the next round number, so that it does not jump about. */
export function ceiling(peak: number, unit: Figure['unit']): number {
  const least = unit === 'bytes' || unit === 'bytes-per-second' ? 1024 : unit === 'count' ? 4 : 0;
  const base = unit === 'bytes' || unit === 'bytes-per-second' ? 2 : 10;
  if (peak <= least) return least || 1;
  const step = base ** Math.floor(Math.log(peak) / Math.log(base));
  for (const times of base === 2 ? [1, 1.5, 2] : [1, 2, 5, 10]) {
    if (peak <= times * step) return times * step;
  }
  return base * step;
}

/** The parts of a line that are known: a gap where nothing was read. */
export function path(points: readonly (number | null)[], top: number): string {
  let text = '';
  let drawing = false;
  points.forEach((point, x) => {
    if (point === null) {
      drawing = false;
      return;
    }
    const y = Math.round((100 - Math.min(1, point / top) * 100) * 100) / 100;
    const next = points[x + 1];
    text += `${drawing ? 'L' : 'M'}${x} ${y}`;
    // A point with nothing beside it is to be seen, too.
    if (!drawing && next === null) text += 'h0.4';
    if (!drawing && next === undefined) text += 'h-0.4';
    drawing = true;
  });
  return text;
}

/** The same, filled down to the ground. */
export function area(points: readonly (number | null)[], top: number): string {
  let text = '';
  let from = -1;
  points.forEach((point, x) => {
    if (point === null) return;
    const y = Math.round((100 - Math.min(1, point / top) * 100) * 100) / 100;
    if (from < 0) {
      from = x;
      text += `M${x} 100`;
    }
    text += `L${x} ${y}`;
    const next = points[x + 1];
    if (next === null || next === undefined) {
      text += `V100H${from}Z`;
      from = -1;
    }
  });
  return text;
}
