import { type Range, readRange } from '../shell/range';

/*
 * What the address of the sessions page says.
 */

export interface SessionsSearch extends Range {
  state?: 'live' | 'ended';
  /** A node's name or id. */
  node?: string;
  /** `NAME` or `NAME@TENANT`. */
  user?: string;
  /** The id of the one that is shown beside the list. */
  session?: string;
}

/** A text of the address, cut to what the contract takes. */
export function textOf(value: unknown, most: number): string | undefined {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
  return text === '' ? undefined : text.slice(0, most);
}

export function readSessionsSearch(raw: Record<string, unknown>): SessionsSearch {
  const found: SessionsSearch = readRange(raw);
  if (raw.state === 'live' || raw.state === 'ended') found.state = raw.state;
  const node = textOf(raw.node, 63);
  const user = textOf(raw.user, 127);
  const session = textOf(raw.session, 40);
  if (node) found.node = node;
  if (user) found.user = user;
  if (session) found.session = session;
  return found;
}
