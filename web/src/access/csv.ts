import { csvLine } from '../shell/csv';
import type { Access } from './lists';

/*
 * Who can reach what, and why, as files.
 */

/** A line for each user and node. */
export function whoCsv(all: readonly Access[]): string {
  return [
    csvLine(['user', 'state', 'node', 'may', 'logins', 'grants']),
    ...all.map((access) =>
      csvLine([
        access.user,
        access.userState,
        access.node,
        access.acts
          .filter(({ allowed }) => allowed)
          .map(({ act }) => act)
          .join(' '),
        access.logins.join(' '),
        because(access),
      ]),
    ),
  ].join('');
}

/** A line for each act of one user on one node, with what allows it, or why not. */
export function whyCsv(access: Access): string {
  return [
    csvLine(['user', 'state', 'node', 'act', 'allowed', 'why-not', 'logins', 'grants']),
    ...access.acts.map(({ act, allowed, reason }) =>
      csvLine([
        access.user,
        access.userState,
        access.node,
        act,
        allowed ? 'yes' : 'no',
        reason,
        allowed ? access.logins.join(' ') : '',
        allowed ? because(access) : '',
      ]),
    ),
  ].join('');
}

function because({ grants }: Access): string {
  return grants
    .filter(({ takesIn }) => takesIn)
    .map(({ grant }) => grant.id)
    .join(' ');
}
