import { textOf } from '../sessions/search';

/*
 * What the address of the access page says.
 */

export const TABS = ['users', 'grants', 'who', 'enrolment', 'tenants'] as const;
export type Tab = (typeof TABS)[number];

export interface AccessSearch {
  tab?: Tab;
  /** What is typed to find users and grants. */
  q?: string;
  /** Who is shown, or asked about. */
  user?: string;
  /** Which node is asked about. */
  node?: string;
  /** Which grant is shown. */
  grant?: string;
}

export function readAccessSearch(raw: Record<string, unknown>): AccessSearch {
  const found: AccessSearch = {};
  if (TABS.includes(raw.tab as Tab)) found.tab = raw.tab as Tab;
  const q = textOf(raw.q, 200);
  const user = textOf(raw.user, 127);
  const node = textOf(raw.node, 63);
  const grant = textOf(raw.grant, 40);
  if (q) found.q = q;
  if (user) found.user = user;
  if (node) found.node = node;
  if (grant) found.grant = grant;
  return found;
}
