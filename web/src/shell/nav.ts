import type { Me } from '../api/client';
import { may } from '../identity/me';
import type { IconName } from './Icon';
import type { shellWords } from './text';

type Text = (typeof shellWords)['all']['en'];

/** A page that the navigation and the palette lead to. */
export interface Place {
  to:
    | '/t/$tenant/nodes'
    | '/t/$tenant/terminals'
    | '/t/$tenant/sessions'
    | '/t/$tenant/access'
    | '/t/$tenant/audit'
    | '/t/$tenant/account'
    | '/t/$tenant/add'
    | '/t/$tenant/network'
    | '/t/$tenant/health'
    | '/t/$tenant/settings';
  icon: IconName;
  label: (t: Text) => string;
  /** About the hub itself, and not this tenant. */
  hub?: true;
  /** Left out for whom the hub would refuse it. */
  shown?: (me: Me, tenant: string) => boolean;
  /** Found by typing, and in a menu of its own. */
  notInRail?: true;
}

export const PLACES: Place[] = [
  { to: '/t/$tenant/nodes', icon: 'nodes', label: (t) => t.nodes },
  {
    to: '/t/$tenant/terminals',
    icon: 'terminal',
    label: (t) => t.terminals,
    shown: (me, tenant) => may(me, tenant, 'operator'),
  },
  { to: '/t/$tenant/sessions', icon: 'sessions', label: (t) => t.sessions },
  {
    to: '/t/$tenant/access',
    icon: 'access',
    label: (t) => t.access,
    shown: (me, tenant) => may(me, tenant, 'admin', true) || may(me, 'system', 'admin', true),
  },
  {
    to: '/t/$tenant/audit',
    icon: 'audit',
    label: (t) => t.audit,
    shown: (me, tenant) => may(me, tenant, 'admin', true),
  },
  {
    to: '/t/$tenant/add',
    icon: 'add',
    label: (t) => t.addNode,
    shown: (me, tenant) => may(me, tenant, 'operator', true),
  },
  {
    to: '/t/$tenant/network',
    icon: 'network',
    label: (t) => t.network,
    hub: true,
    shown: (me) => may(me, 'system', 'viewer', true),
  },
  {
    to: '/t/$tenant/health',
    icon: 'health',
    label: (t) => t.health,
    hub: true,
    shown: (me) => may(me, 'system', 'admin', true),
  },
  {
    to: '/t/$tenant/settings',
    icon: 'settings',
    label: (t) => t.settings,
    hub: true,
    shown: (me) => may(me, 'system', 'admin', true),
  },
  { to: '/t/$tenant/account', icon: 'user', label: (t) => t.account, notInRail: true },
];
