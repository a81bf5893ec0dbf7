import type { FleetSearch } from './search';

/*
 * Views that the reader has given a name: what the address says, and the columns. They are kept in
 * this browser, beside the choice of columns, one list for each person and tenant: a view is an
 * address, so whoever wants it elsewhere sends that.
 */

export interface View {
  name: string;
  search: FleetSearch;
  columns: string[];
}

export const MOST_VIEWS = 50;
export const LONGEST_NAME = 60;

const key = (user: string, tenant: string) => `fairlead.fleet.views.${user}.${tenant}`;

export function readViews(
  user: string,
  tenant: string,
  read: (raw: Record<string, unknown>) => FleetSearch,
): View[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key(user, tenant)) ?? '[]');
    if (!Array.isArray(kept)) return [];
    return kept
      .filter(
        (one): one is { name: string; search: Record<string, unknown>; columns: unknown[] } =>
          typeof one?.name === 'string' &&
          typeof one.search === 'object' &&
          Array.isArray(one.columns),
      )
      .map(({ name, search, columns }) => ({
        name: name.slice(0, LONGEST_NAME),
        search: read(search ?? {}),
        columns: columns.filter((id) => typeof id === 'string'),
      }))
      .slice(0, MOST_VIEWS);
  } catch {
    // Nobody's views that can be read.
    return [];
  }
}

export function keepViews(user: string, tenant: string, views: View[]): void {
  localStorage.setItem(key(user, tenant), JSON.stringify(views));
}

/** With this one, in the place of one of the same name; by name. */
export function withView(views: readonly View[], view: View): View[] {
  return [...views.filter((one) => one.name !== view.name), view].sort((a, b) =>
    a.name.localeCompare(b.name),
  );
}

/** Whether this is what is shown now. */
export function isShown(view: View, search: FleetSearch, columns: readonly string[]): boolean {
  const text = (of: FleetSearch) => JSON.stringify(Object.entries(of).sort());
  return text(view.search) === text(search) && view.columns.join() === columns.join();
}
