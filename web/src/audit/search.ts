import type { Schemas } from '../api/client';
import { type Range, rangeQuery, rangeWords, readRange } from '../shell/range';
import { commandLine } from '../shell/commands';
import { textOf } from '../sessions/search';

export type AuditRecord = Schemas['AuditRecord'];

/*
 * What the address of the audit page says.
 */

export interface AuditFilter extends Range {
  /** An act, or with `.*` at its end all below it. */
  act?: string;
  who?: string;
  outcome?: 'done' | 'denied' | 'failed';
}

export interface AuditSearch extends AuditFilter {
  /** Still: what is recorded meanwhile is not shown. */
  live?: false;
  /** The number of the record that is shown beside the list. */
  record?: number;
}

const ACT = /^[a-z][a-z0-9-]*(\.[a-z0-9-]+)*(\.\*)?$/;

export function readAuditSearch(raw: Record<string, unknown>): AuditSearch {
  const found: AuditSearch = readRange(raw);
  const act = textOf(raw.act, 64);
  const who = textOf(raw.who, 192);
  const record = Number(raw.record);
  if (act && ACT.test(act)) found.act = act;
  if (who) found.who = who;
  if (raw.outcome === 'done' || raw.outcome === 'denied' || raw.outcome === 'failed') {
    found.outcome = raw.outcome;
  }
  if (raw.live === false) found.live = false;
  if (Number.isSafeInteger(record) && record > 0) found.record = record;
  return found;
}

/** An act as typed: `grant` means all of them. */
export function actOf(typed: string | undefined): string | undefined {
  const act = typed?.trim().toLowerCase();
  if (!act) return undefined;
  const whole = GROUPS.includes(act) ? `${act}.*` : act.replace(/\.$/, '.*');
  return ACT.test(whole) ? whole : undefined;
}

export function auditQuery(filter: AuditFilter): {
  act?: string;
  who?: string;
  outcome?: 'done' | 'denied' | 'failed';
  since?: string;
  until?: string;
} {
  const { act, who, outcome } = filter;
  return {
    ...(act ? { act } : {}),
    ...(who ? { who } : {}),
    ...(outcome ? { outcome } : {}),
    ...rangeQuery(filter),
  };
}

export function auditCommand(filter: AuditFilter): string {
  const { act, who, outcome } = filter;
  return commandLine(
    'fairlead',
    'audit',
    ...(act ? ['--act', act] : []),
    ...(who ? ['--who', who] : []),
    ...(outcome ? ['--outcome', outcome] : []),
    ...rangeWords(filter),
  );
}

/** Those that there are, to choose from; the hub has the last word. */
export const ACTS = [
  'api-token.create',
  'api-token.remove',
  'enrolment-token.create',
  'enrolment-token.revoke',
  'grant.create',
  'grant.remove',
  'link.client',
  'link.open',
  'node.change',
  'node.copied',
  'node.enrol',
  'node.remove',
  'node.replace',
  'pairing.approve',
  'pairing.deny',
  'pairing.open',
  'password.change',
  'session.cut',
  'session.end',
  'session.resume',
  'session.start',
  'sign-in',
  'sign-out',
  'ssh-host-ca.create',
  'tenant.create',
  'tenant.remove',
  'user.create',
  'user.disable',
  'user.enable',
  'user.remove',
  'user.set-password',
];

const GROUPS = [...new Set(ACTS.filter((act) => act.includes('.')).map((act) => act.split('.')[0]))]
  .filter((group) => group !== undefined)
  .filter((group) => !ACTS.includes(group));

export const ACTS_AND_GROUPS = [...GROUPS.map((group) => `${group}.*`), ...ACTS].sort();
