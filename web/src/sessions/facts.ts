import type { Me, Session } from '../api/client';
import { mayOn } from '../identity/me';
import { shellLine } from '../shell/commands';
import { csvLine } from '../shell/csv';
import type { SessionText } from './text';

/** Seconds from its beginning to its end, or to now. */
export function lasted(session: Session, now: number): number {
  const end = session.ended ? Date.parse(session.ended) : now;
  return Math.max(0, (end - Date.parse(session.started)) / 1000);
}

export function whatOf(session: Session): string {
  return shellLine(session.target ?? session.login ?? '');
}

export function causeOf(session: Session, t: SessionText): string {
  const { cause } = session;
  return cause ? (t.causes[cause] ?? cause) : '';
}

/** Whether the hub would let this person end it. */
export function mayEnd(
  me: Me,
  tenant: string,
  session: Session,
  labels: Record<string, string> | undefined,
): boolean {
  if (session.state === 'ended') return false;
  return (
    session.user === `${me.user.name}@${me.user.tenant}` || mayOn(me, tenant, 'admin', labels ?? {})
  );
}

const FIELDS = [
  'id',
  'state',
  'user',
  'node',
  'kind',
  'login',
  'target',
  'address',
  'started',
  'ended',
  'cause',
  'bytesIn',
  'bytesOut',
] as const;

export const CSV_HEAD = csvLine(FIELDS);

export function csvOf(session: Session): string {
  return csvLine(FIELDS.map((field) => session[field]));
}
