import { language } from './words';

/*
 * Numbers and times as the reader's locale and time zone have them.
 */

/** The reader's own locale where it is of the chosen language, so that dates look as at home. */
function locale(): string {
  const chosen = language();
  return navigator.languages.find((tag) => tag.startsWith(chosen)) ?? chosen;
}

const made = new Map<string, unknown>();

function once<T>(key: string, make: (locale: string) => T): T {
  const full = `${key} ${locale()}`;
  let found = made.get(full);
  if (found === undefined) {
    found = make(locale());
    made.set(full, found);
  }
  return found as T;
}

export function number(value: number): string {
  return once('number', (l) => new Intl.NumberFormat(l)).format(value);
}

export function decimals(value: number, digits: number): string {
  return once(
    `decimals ${digits}`,
    (l) => new Intl.NumberFormat(l, { maximumFractionDigits: digits }),
  ).format(value);
}

/** Milliseconds as a person tells them apart. */
export function millis(value: number): string {
  return `${decimals(value, value < 10 ? 1 : 0)} ms`;
}

export function percent(share: number): string {
  return once(
    'percent',
    (l) => new Intl.NumberFormat(l, { style: 'percent', maximumFractionDigits: 0 }),
  ).format(share);
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

export function bytes(value: number): string {
  let unit = 0;
  let left = value;
  while (left >= 1000 && unit < UNITS.length - 1) {
    left /= 1024;
    unit++;
  }
  const digits = unit === 0 || left >= 100 ? 0 : left >= 10 ? 1 : 2;
  const shown = once(
    `digits ${digits}`,
    (l) => new Intl.NumberFormat(l, { maximumFractionDigits: digits }),
  ).format(left);
  return `${shown} ${UNITS[unit]}`;
}

export function time(at: string | Date): string {
  return once(
    'time',
    (l) => new Intl.DateTimeFormat(l, { dateStyle: 'medium', timeStyle: 'medium' }),
  ).format(new Date(at));
}

/** The time of day, with minutes. */
export function clock(at: Date): string {
  return once('clock', (l) => new Intl.DateTimeFormat(l, { timeStyle: 'short' })).format(at);
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];

/** `3 minutes ago`; below ten seconds it is `now`. */
export function ago(at: string, now: number): string {
  const seconds = Math.round((Date.parse(at) - now) / 1000);
  const format = once(
    'ago',
    (l) => new Intl.RelativeTimeFormat(l, { numeric: 'auto', style: 'short' }),
  );
  if (Math.abs(seconds) < 10) return format.format(0, 'second');
  for (const [unit, size] of STEPS) {
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit);
  }
  return format.format(0, 'second');
}

/** `3 d 4 h`, `12 min`: the two largest units. */
export function span(seconds: number): string {
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor((seconds % 86_400) / 3_600), 'h'],
    [Math.floor((seconds % 3_600) / 60), 'min'],
    [Math.floor(seconds % 60), 's'],
  ];
  const from = parts.findIndex(([n]) => n > 0);
  if (from < 0) return '0 s';
  return parts
    .slice(from, from + 2)
    .filter(([n], i) => i === 0 || n > 0)
    .map(([n, unit]) => `${number(n)} ${unit}`)
    .join(' ');
}

const DAY = 86_400;

/** A tick of a chart that shows so many seconds: the time of day, or the date. */
export function axisTime(at: number, length: number): string {
  const date = new Date(at * 1000);
  const midnight = date.getHours() === 0 && date.getMinutes() === 0;
  return length > 4 * DAY || (midnight && length > DAY / 2)
    ? once(
        'axis day',
        (l) => new Intl.DateTimeFormat(l, { day: 'numeric', month: 'short' }),
      ).format(date)
    : once(
        'axis time',
        (l) => new Intl.DateTimeFormat(l, { hour: '2-digit', minute: '2-digit' }),
      ).format(date);
}

/** From one time to another, in seconds since 1970. */
export function dateRange(from: number, to: number): string {
  return once(
    'range',
    (l) => new Intl.DateTimeFormat(l, { dateStyle: 'medium', timeStyle: 'short' }),
  ).formatRange(new Date(from * 1000), new Date(to * 1000));
}
