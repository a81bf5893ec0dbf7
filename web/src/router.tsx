import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
  useRouter,
} from '@tanstack/react-router';
import { readAuditSearch } from './audit/search';
import { readAccessSearch } from './access/search';
import { isProblem } from './api/problem';
import { queries } from './api/queries';
import { readNodeSearch } from './fleet/node/range';
import { readFleetSearch } from './fleet/search';
import { homeTenant, mayBeSignedIn, meQuery } from './identity/me';
import { SignInPage } from './identity/SignInPage';
import { readHealthSearch } from './observe/search';
import { readNetworkSearch } from './ports/form';
import { readSessionsSearch } from './sessions/search';
import { readTerminalsSearch } from './fleet/terminalSearch';
import { ErrorPage, NotFoundPage } from './shell/FullPage';

/*
 * Every page of the console. A page is a route here, with its component loaded when it is first
 * opened; what its address may say is read by `validateSearch`, which takes anything and keeps
 * what makes sense.
 */

const root = createRootRoute({
  notFoundComponent: NotFoundPage,
  errorComponent: function Failed({ error, reset }) {
    const router = useRouter();
    return (
      <ErrorPage
        error={error}
        reset={() => {
          reset();
          void router.invalidate();
        }}
      />
    );
  },
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): { next?: string } =>
    typeof search.next === 'string' ? { next: search.next } : {},
  component: SignInPage,
});

/** Nothing below this is reachable without a sign-in. */
const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  beforeLoad: async ({ location }) => {
    const toSignIn = () =>
      redirect({ to: '/sign-in', search: location.href === '/' ? {} : { next: location.href } });
    if (!mayBeSignedIn()) throw toSignIn();
    try {
      await queries.ensureQueryData(meQuery);
    } catch (error) {
      throw isProblem(error, 'not-signed-in') ? toSignIn() : error;
    }
  },
});

const home = createRoute({
  getParentRoute: () => inside,
  path: '/',
  loader: async () => {
    const tenant = homeTenant(await queries.ensureQueryData(meQuery));
    if (tenant) throw redirect({ to: '/t/$tenant/nodes', params: { tenant }, replace: true });
  },
  component: lazyRouteComponent(() => import('./identity/NoGrantPage'), 'NoGrantPage'),
});

/** The account of somebody who has no grant, and so no tenant to show it in. */
const ownAccount = createRoute({
  getParentRoute: () => inside,
  path: '/account',
  loader: async () => {
    const tenant = homeTenant(await queries.ensureQueryData(meQuery));
    if (tenant) throw redirect({ to: '/t/$tenant/account', params: { tenant }, replace: true });
  },
  component: lazyRouteComponent(() => import('./account/BareAccount'), 'BareAccount'),
});

const tenant = createRoute({
  getParentRoute: () => inside,
  path: '/t/$tenant',
  component: lazyRouteComponent(() => import('./shell/Shell'), 'Shell'),
});

const tenantHome = createRoute({
  getParentRoute: () => tenant,
  path: '/',
  beforeLoad: ({ params }) => {
    throw redirect({ to: '/t/$tenant/nodes', params, replace: true });
  },
});

const nodes = createRoute({
  getParentRoute: () => tenant,
  path: '/nodes',
  validateSearch: readFleetSearch,
  component: lazyRouteComponent(() => import('./fleet/FleetPage'), 'FleetPage'),
});

const node = createRoute({
  getParentRoute: () => tenant,
  path: '/nodes/$node',
  validateSearch: readNodeSearch,
  component: lazyRouteComponent(() => import('./fleet/NodePage'), 'NodePage'),
});

const addNode = createRoute({
  getParentRoute: () => tenant,
  path: '/add',
  validateSearch: ({ by }: Record<string, unknown>): { by?: 'line' | 'code' } =>
    by === 'line' || by === 'code' ? { by } : {},
  component: lazyRouteComponent(() => import('./enroll/AddNodePage'), 'AddNodePage'),
});

const terminals = createRoute({
  getParentRoute: () => tenant,
  path: '/terminals',
  validateSearch: readTerminalsSearch,
  component: lazyRouteComponent(() => import('./terminal/TerminalsPage'), 'TerminalsPage'),
});

const sessions = createRoute({
  getParentRoute: () => tenant,
  path: '/sessions',
  validateSearch: readSessionsSearch,
  component: lazyRouteComponent(() => import('./sessions/SessionsPage'), 'SessionsPage'),
});

const audit = createRoute({
  getParentRoute: () => tenant,
  path: '/audit',
  validateSearch: readAuditSearch,
  component: lazyRouteComponent(() => import('./audit/AuditPage'), 'AuditPage'),
});

const access = createRoute({
  getParentRoute: () => tenant,
  path: '/access',
  validateSearch: readAccessSearch,
  component: lazyRouteComponent(() => import('./access/AccessPage'), 'AccessPage'),
});

const account = createRoute({
  getParentRoute: () => tenant,
  path: '/account',
  component: lazyRouteComponent(() => import('./account/AccountPage'), 'AccountPage'),
});

const network = createRoute({
  getParentRoute: () => tenant,
  path: '/network',
  validateSearch: readNetworkSearch,
  component: lazyRouteComponent(() => import('./ports/NetworkPage'), 'NetworkPage'),
});

const settings = createRoute({
  getParentRoute: () => tenant,
  path: '/settings',
  component: lazyRouteComponent(() => import('./settings/SettingsPage'), 'SettingsPage'),
});

const health = createRoute({
  getParentRoute: () => tenant,
  path: '/health',
  validateSearch: readHealthSearch,
  component: lazyRouteComponent(() => import('./observe/HealthPage'), 'HealthPage'),
});

export const router = createRouter({
  routeTree: root.addChildren([
    signIn,
    inside.addChildren([
      home,
      ownAccount,
      tenant.addChildren([
        tenantHome,
        nodes,
        node,
        addNode,
        terminals,
        sessions,
        audit,
        access,
        account,
        network,
        health,
        settings,
      ]),
    ]),
  ]),
  defaultPreload: 'intent',
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
