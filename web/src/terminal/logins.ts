import type { Me, Node } from '../api/client';
import { takesIn } from '../identity/me';

/*
 * As which account of a node somebody works: those that both a grant and the node's own policy
 * allow, and the one that was chosen last. The hub and the node decide; this only leaves out what
 * they would refuse.
 */

/**
 * The accounts to choose from, the node's default first; empty where there is no choice, or the
 * node has not said what it allows.
 */
export function loginsOn(me: Me, tenant: string, node: Pick<Node, 'labels' | 'policy'>): string[] {
  const { policy } = node;
  const grants = me.tenants.find((one) => one.tenant === tenant)?.grants ?? [];
  const held = grants.filter(
    (grant) => grant.role !== 'viewer' && takesIn(grant.labels, node.labels),
  );
  if (!policy || held.length === 0) return [];
  const standard = policy.defaultLogin ?? policy.logins[0];
  const mayBe = (login: string) =>
    held.some(
      ({ logins }) =>
        logins.includes('*') ||
        logins.includes(login) ||
        (logins.length === 0 && login === standard),
    );
  const logins = policy.logins.filter(mayBe);
  return logins.length < 2
    ? []
    : logins.sort((a, b) => Number(b === standard) - Number(a === standard));
}

const KEPT = 'fairlead.logins';
const MOST = 200;

/** The one that was chosen last on this node in this browser, where it is among `logins`. */
export function keptLogin(tenant: string, node: string, logins: readonly string[]): string | null {
  const login = read().find(([key]) => key === `${tenant}/${node}`)?.[1];
  return login !== undefined && logins.includes(login) ? login : null;
}

export function keepLogin(tenant: string, node: string, login: string): void {
  const key = `${tenant}/${node}`;
  const others = read().filter(([one]) => one !== key);
  localStorage.setItem(KEPT, JSON.stringify([[key, login], ...others].slice(0, MOST)));
}

function read(): [string, string][] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEPT) ?? '[]');
    return Array.isArray(kept)
      ? kept.filter(
          (one): one is [string, string] =>
            Array.isArray(one) && typeof one[0] === 'string' && typeof one[1] === 'string',
        )
      : [];
  } catch {
    return [];
  }
}

/** `ada@gpu-7` where an account was chosen. */
export function placeOf(node: string, login: string | null): string {
  return login === null ? node : `${login}@${node}`;
}
