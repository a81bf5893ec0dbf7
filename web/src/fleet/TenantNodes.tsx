import {
  createContext,
  type ReactNode,
  startTransition,
  useContext,
  useEffect,
  useRef,
  useState,
} from 'react';
import { followEvents, type HubEvent } from '../api/events';
import { hub } from '../api/hub';
import { type Fleet, NodeStore } from './NodeStore';

/*
 * The live side of a tenant: its nodes and its events, for all pages below.
 */

interface Live {
  tenant: string;
  store: NodeStore;
  listen: (listener: (event: HubEvent) => void) => () => void;
}

const Context = createContext<Live | null>(null);

/** Statistics come with no event: how long they may be old, at least and for each node. */
const REFRESH = 20_000;
const REFRESH_PER_NODE = 15;

export function TenantNodes({ tenant, children }: { tenant: string; children: ReactNode }) {
  const [live, setLive] = useState<Live | null>(null);

  useEffect(() => {
    const store = new NodeStore(tenant);
    const listeners = new Set<(event: HubEvent) => void>();
    const listen = (listener: (event: HubEvent) => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    };
    // All of the page is drawn by this: bit by bit, so that the browser listens in between.
    startTransition(() => setLive({ tenant, store, listen }));
    // Read when the stream is open, so that nothing falls between them; without it all the same.
    const without = setTimeout(() => void store.load(), 1500);
    const unfollow = followEvents(tenant, {
      open: (anew) => {
        clearTimeout(without);
        if (anew) void store.load();
      },
      event: (event) => {
        store.apply(event);
        for (const listener of listeners) listener(event);
      },
    });
    const unback = hub.whenBack(() => void store.load());
    let timer: ReturnType<typeof setTimeout>;
    const refresh = () => {
      const wait = Math.max(REFRESH, store.get().nodes.length * REFRESH_PER_NODE);
      timer = setTimeout(() => {
        if (document.visibilityState === 'visible' && !hub.state().signedOut) void store.load();
        refresh();
      }, wait);
    };
    refresh();
    return () => {
      clearTimeout(timer);
      clearTimeout(without);
      unfollow();
      unback();
      store.close();
    };
  }, [tenant]);

  return live && <Context value={live}>{children}</Context>;
}

function useLive(): Live {
  const live = useContext(Context);
  if (!live) throw new Error('outside of a tenant');
  return live;
}

export function useFleet(): Fleet {
  const { store } = useLive();
  const [fleet, setFleet] = useState(store.get);
  useEffect(() => {
    // A table of very many is drawn bit by bit, and never before what somebody types.
    const told = () => startTransition(() => setFleet(store.get()));
    told();
    return store.subscribe(told);
  }, [store]);
  return fleet;
}

export function useNodeStore(): NodeStore {
  return useLive().store;
}

/** Hears each event of the tenant. */
export function useEvents(listener: (event: HubEvent) => void): void {
  const { listen } = useLive();
  const latest = useRef(listener);
  latest.current = listener;
  useEffect(() => listen((event) => latest.current(event)), [listen]);
}
