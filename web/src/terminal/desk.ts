import { answer, api } from '../api/client';
import { HubAway, HubProblem } from '../api/problem';
import { divided, first, type Parts, panes, type Split, withBeside, without } from './layout';
import { Pane } from './Pane';
import { NoMoreTickets, type Tickets } from './stream';

/*
 * The terminals that this page of the browser shows, in tabs, each of which may be split. They
 * live outside of React: whoever looks at another page meanwhile finds them as they were.
 */

export interface Tab {
  id: number;
  tenant: string;
  layout: Split;
  active: Pane;
}

export interface DeskState {
  tabs: Tab[];
  active: number;
}

let state: DeskState = { tabs: [], active: 0 };
let lastId = 0;
const listeners = new Set<() => void>();

function set(next: Partial<DeskState>): void {
  state = { ...state, ...next };
  for (const listener of listeners) listener();
}

function tickets(tenant: string, node: string, login: string | null): Tickets {
  const asked = async <T>(made: Promise<T>): Promise<T> => {
    try {
      return await made;
    } catch (error) {
      if (error instanceof HubProblem && !mayPass(error)) {
        throw new NoMoreTickets(error.code, error.message);
      }
      throw error instanceof HubProblem ? new HubAway(error) : error;
    }
  };
  return {
    open: () =>
      asked(
        answer(
          api.POST('/api/v1/tenants/{tenant}/nodes/{node}/terminals', {
            params: { path: { tenant, node } },
            body: login === null ? {} : { login },
          }),
        ),
      ),
    again: (terminal) =>
      asked(
        answer(
          api.POST('/api/v1/terminals/{terminal}/tickets', { params: { path: { terminal } } }),
        ),
      ),
  };
}

/** A sign-in that ended is asked for over the page; everything else that may pass says so. */
function mayPass(error: HubProblem): boolean {
  return error.problem.retry || error.code === 'not-signed-in' || error.code === 'internal';
}

export const desk = {
  state: (): DeskState => state,

  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },

  /**
   * @param login as which account; null for the node's default
   * @param terminal one that there is, to be attached to; null for a new one
   */
  open(
    tenant: string,
    node: string,
    login: string | null = null,
    terminal: string | null = null,
  ): void {
    const pane = desk.pane(tenant, node, login, terminal);
    const tab = { id: ++lastId, tenant, layout: { kind: 'pane' as const, pane }, active: pane };
    set({ tabs: [...state.tabs, tab], active: tab.id });
  },

  pane(tenant: string, node: string, login: string | null, terminal: string | null): Pane {
    return new Pane(tenant, node, login, tickets(tenant, node, login), terminal, {
      changed: () => set({}),
      focused: (pane) => {
        const tab = tabOf(pane);
        if (tab && tab.active !== pane) change(tab.id, { active: pane });
      },
    });
  },

  /** Moves the line behind the part `at`: it gets `share` of what it and the next one have. */
  divide(tab: Tab, split: Parts, at: number, share: number): void {
    change(tab.id, { layout: divided(tab.layout, split, at, share) });
  },

  show(tab: number): void {
    set({ active: tab });
  },

  /** Another shell on the same node as the same account, beside this one or below it. */
  split(pane: Pane, direction: 'row' | 'column'): void {
    const tab = tabOf(pane);
    if (!tab) return;
    const beside = desk.pane(pane.tenant, pane.node, pane.login, null);
    change(tab.id, { layout: withBeside(tab.layout, pane, beside, direction), active: beside });
  },

  /** Ends the shell where it has not ended, and takes the pane away. */
  close(pane: Pane): void {
    const tab = tabOf(pane);
    pane.end();
    if (!tab) return;
    const layout = without(tab.layout, pane);
    if (layout) {
      change(tab.id, { layout, active: tab.active === pane ? first(layout) : tab.active });
      return;
    }
    const at = state.tabs.indexOf(tab);
    const tabs = state.tabs.filter((one) => one !== tab);
    set({
      tabs,
      active: state.active === tab.id ? (tabs[Math.max(0, at - 1)]?.id ?? 0) : state.active,
    });
  },

  closeTab(tab: Tab): void {
    for (const pane of panes(tab.layout)) desk.close(pane);
  },

  /** Terminals that are shown here: the others of this person are detached, or elsewhere. */
  shown(): Set<string> {
    const ids = state.tabs.flatMap((tab) => panes(tab.layout)).map((pane) => pane.stream.terminal);
    return new Set(ids.filter((id) => id !== null));
  },
};

function change(id: number, next: Partial<Tab>): void {
  set({ tabs: state.tabs.map((tab) => (tab.id === id ? { ...tab, ...next } : tab)) });
}

function tabOf(pane: Pane): Tab | undefined {
  return state.tabs.find((tab) => panes(tab.layout).includes(pane));
}
