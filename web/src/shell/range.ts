/*
 * A span of time in an address: the last so much, or from and until. The last so much moves on
 * with the clock; a span to be kept or sent has its ends.
 */

export const LASTS = { '15m': 900, '1h': 3600, '24h': 86_400, '7d': 604_800, '30d': 2_592_000 };
export type Last = keyof typeof LASTS;

export interface Range {
  last?: Last;
  /** RFC 3339. */
  since?: string;
  until?: string;
}

function moment(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > 40) return undefined;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}

export function readRange(raw: Record<string, unknown>): Range {
  const found: Range = {};
  if (typeof raw.last === 'string' && raw.last in LASTS) found.last = raw.last as Last;
  else {
    const since = moment(raw.since);
    const until = moment(raw.until);
    if (since) found.since = since;
    if (until) found.until = until;
  }
  return found;
}

/** For the API, as of now. */
export function rangeQuery(
  { last, since, until }: Range,
  now = Date.now(),
): { since?: string; until?: string } {
  if (last) return { since: new Date(now - LASTS[last] * 1000).toISOString() };
  return { ...(since ? { since } : {}), ...(until ? { until } : {}) };
}

/** For the command line. */
export function rangeWords({ last, since, until }: Range): string[] {
  return [
    ...((last ?? since) ? ['--since', last ?? since ?? ''] : []),
    ...(until ? ['--until', until] : []),
  ];
}

/** As an `input` of type `datetime-local` has it, in the reader's time zone. */
export function toLocal(at: string | undefined): string {
  if (!at) return '';
  const date = new Date(at);
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

export function fromLocal(text: string): string | undefined {
  const at = text === '' ? Number.NaN : new Date(text).getTime();
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}
