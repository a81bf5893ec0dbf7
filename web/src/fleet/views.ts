import { queryOptions } from '@tanstack/react-query';
import { allPages, answer, api, type Me, type Schemas } from '../api/client';
import { HubProblem } from '../api/problem';
import { type FleetSearch, readFleetSearch } from './search';

/*
 * Views that the reader has given a name: what the address says, and the columns. The hub keeps
 * them, one list for each person and tenant, so they are in every browser of that person.
 */

export interface View {
  id: string;
  name: string;
  search: FleetSearch;
  columns: string[];
}

export const MOST_VIEWS = 50;
export const LONGEST_NAME = 60;

/** By name. */
export function viewsQuery(me: Me, tenant: string) {
  return queryOptions({
    queryKey: ['views', tenant],
    queryFn: async () => {
      const kept = await listed(tenant);
      const moved = await moveLocal(`${me.user.name}@${me.user.tenant}`, tenant, kept);
      return (moved ? await listed(tenant) : kept).sort((a, b) => a.name.localeCompare(b.name));
    },
  });
}

async function listed(tenant: string): Promise<View[]> {
  const all = await allPages((cursor) =>
    answer(
      api.GET('/api/v1/tenants/{tenant}/views', {
        params: { path: { tenant }, query: cursor ? { limit: 100, cursor } : { limit: 100 } },
      }),
    ),
  );
  return all.map(read);
}

function read({ id, name, search, columns }: Schemas['View']): View {
  return { id, name, search: readFleetSearch(search), columns };
}

export async function keepView(tenant: string, view: Omit<View, 'id'>): Promise<View> {
  const search = Object.fromEntries(
    Object.entries(view.search).filter(([, value]) => value !== undefined),
  ) as Record<string, string>;
  const body = { name: view.name, search, columns: view.columns };
  return read(
    await answer(api.PUT('/api/v1/tenants/{tenant}/views', { params: { path: { tenant } }, body })),
  );
}

export async function forgetView(tenant: string, view: View): Promise<void> {
  await answer(
    api.DELETE('/api/v1/tenants/{tenant}/views/{view}', {
      params: { path: { tenant, view: view.id } },
    }),
  );
}

/** Whether this is what is shown now. */
export function isShown(view: View, search: FleetSearch, columns: readonly string[]): boolean {
  const text = (of: FleetSearch) => JSON.stringify(Object.entries(of).sort());
  return text(view.search) === text(search) && view.columns.join() === columns.join();
}

/*
 * Until 0.1 they were kept in the browser: such are taken to the hub once, where it has none of
 * that name.
 */

const localKey = (user: string, tenant: string) => `fairlead.fleet.views.${user}.${tenant}`;

async function moveLocal(user: string, tenant: string, kept: readonly View[]): Promise<boolean> {
  const left = localViews(user, tenant).filter(
    (view) => !kept.some((one) => one.name === view.name),
  );
  const tooMany: Omit<View, 'id'>[] = [];
  for (const view of left) {
    try {
      await keepView(tenant, view);
    } catch (error) {
      // What the hub will never take is not tried again and again.
      if (!(error instanceof HubProblem) || error.problem.retry) throw error;
      if (error.code === 'limit-reached') tooMany.push(view);
    }
  }
  if (tooMany.length === 0) localStorage.removeItem(localKey(user, tenant));
  else localStorage.setItem(localKey(user, tenant), JSON.stringify(tooMany));
  return left.length > tooMany.length;
}

export function localViews(user: string, tenant: string): Omit<View, 'id'>[] {
  try {
    const local: unknown = JSON.parse(localStorage.getItem(localKey(user, tenant)) ?? '[]');
    if (!Array.isArray(local)) return [];
    return local
      .filter(
        (one): one is { name: string; search: Record<string, unknown>; columns: unknown[] } =>
          typeof one?.name === 'string' &&
          typeof one.search === 'object' &&
          Array.isArray(one.columns),
      )
      .map(({ name, search, columns }) => ({
        name: name.trim().slice(0, LONGEST_NAME),
        search: readFleetSearch(search ?? {}),
        columns: columns.filter((id) => typeof id === 'string'),
      }))
      .slice(0, MOST_VIEWS);
  } catch {
    // Nobody's views that can be read.
    return [];
  }
}
