import { queryOptions, useSuspenseQuery } from '@tanstack/react-query';
import { answer, api, type Me } from '../api/client';
import { hub } from '../api/hub';
import { queries } from '../api/queries';

/*
 * Who is signed in, and what they may do where. The sign-in itself is in a cookie that no script
 * reads; all that is kept here is that there was one.
 */

const SIGNED_IN = 'fairlead.signed-in';
const TENANT = 'fairlead.tenant';

export type Role = 'viewer' | 'operator' | 'admin';
const ROLES: Role[] = ['viewer', 'operator', 'admin'];

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: () => answer(api.GET('/api/v1/me')),
  staleTime: 60_000,
});

export function useMe(): Me {
  return useSuspenseQuery(meQuery).data;
}

/** False where asking the hub would only get a refusal. */
export function mayBeSignedIn(): boolean {
  return localStorage.getItem(SIGNED_IN) !== null;
}

export async function signIn(user: string, password: string): Promise<void> {
  await answer(api.POST('/api/v1/sign-ins/browser', { body: { user, password } }));
  localStorage.setItem(SIGNED_IN, user);
  hub.signedIn();
  await queries.invalidateQueries();
}

/** The name of the last sign-in in this browser, for the form. */
export function lastUser(): string {
  return localStorage.getItem(SIGNED_IN) ?? '';
}

export async function signOut(): Promise<void> {
  await answer(api.DELETE('/api/v1/sign-ins/current')).catch((error: unknown) => {
    // Who is not signed in any more has signed out.
    if (!hub.state().signedOut) throw error;
  });
  localStorage.removeItem(SIGNED_IN);
  queries.clear();
}

/** Those in which I may do something; the hub's own last. */
export function myTenants(me: Me): string[] {
  return me.tenants
    .filter(({ grants }) => grants.length > 0)
    .map(({ tenant }) => tenant)
    .sort((a, b) => Number(a === 'system') - Number(b === 'system') || a.localeCompare(b));
}

export function homeTenant(me: Me): string | undefined {
  const mine = myTenants(me);
  const kept = localStorage.getItem(TENANT);
  return kept && mine.includes(kept) ? kept : mine[0];
}

export function keepTenant(tenant: string): void {
  localStorage.setItem(TENANT, tenant);
}

/**
 * Whether a grant gives at least this role in the tenant. Only to leave out what would be refused:
 * the hub decides.
 *
 * @param wholly the grant must take in every node
 */
export function may(me: Me, tenant: string, role: Role, wholly = false): boolean {
  const grants = me.tenants.find((one) => one.tenant === tenant)?.grants ?? [];
  return grants.some(
    (grant) => ROLES.indexOf(grant.role) >= ROLES.indexOf(role) && (!wholly || grant.labels === ''),
  );
}

/** The same about one node. */
export function mayOn(
  me: Me,
  tenant: string,
  role: Role,
  labels: Readonly<Record<string, string>>,
): boolean {
  const grants = me.tenants.find((one) => one.tenant === tenant)?.grants ?? [];
  return grants.some(
    (grant) => ROLES.indexOf(grant.role) >= ROLES.indexOf(role) && takesIn(grant.labels, labels),
  );
}

/** Whether a grant's `k=v,k2=v2` takes in a node with these labels. */
export function takesIn(selector: string, labels: Readonly<Record<string, string>>): boolean {
  return selector
    .split(',')
    .filter(Boolean)
    .every((pair) => {
      const at = pair.indexOf('=');
      return labels[pair.slice(0, at)] === pair.slice(at + 1);
    });
}

/** `NAME@TENANT`, as grants, sessions and the audit write it. */
export function whoIs(me: Me): string {
  return `${me.user.name}@${me.user.tenant}`;
}
