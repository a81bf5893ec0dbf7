import type { Session } from '../api/client';

/*
 * How fast bytes pass, from one reading of the sessions to the next.
 */

export interface Rate {
  at: number;
  in: number;
  out: number;
  /** Bytes per second; null until there are two readings. */
  perSecond: number | null;
}

/** Readings that lie closer together say nothing. */
const LEAST = 500;

/** @param at when `sessions` was read, in milliseconds */
export function nextRates(
  before: ReadonlyMap<string, Rate>,
  sessions: readonly Session[],
  at: number,
): Map<string, Rate> {
  const now = new Map<string, Rate>();
  for (const session of sessions) {
    if (session.state === 'ended') continue;
    const was = before.get(session.id);
    if (was && at - was.at < LEAST) {
      now.set(session.id, was);
      continue;
    }
    const bytesIn = session.bytesIn ?? 0;
    const bytesOut = session.bytesOut ?? 0;
    const passed = was ? bytesIn + bytesOut - was.in - was.out : 0;
    now.set(session.id, {
      at,
      in: bytesIn,
      out: bytesOut,
      perSecond: was ? Math.max(0, (passed * 1000) / (at - was.at)) : null,
    });
  }
  return now;
}
