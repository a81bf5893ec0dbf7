import { allPages, answer, api, type Node } from '../api/client';
import type { HubEvent } from '../api/events';
import { textOf } from './search';

/*
 * All nodes of a tenant that the reader may see, as of now: read page after page, then kept by the
 * tenant's events. What an event says by itself is applied at once; where it only says that
 * something changed, the node is read again, and where many did, all of them.
 */

export interface Fleet {
  nodes: readonly Node[];
  /** Whether all pages have come; before that, more nodes appear. */
  whole: boolean;
  error: unknown;
}

const FIRST = 100;
const PAGE = 2500;
/** As many nodes as one question may name; where more changed at once, all are read. */
const BY_ID = 100;
const MOST_BY_ID = 500;
/** What an event says is shown at once; what it does not say is read for many at a time. */
const GATHER = 700;
/** Whoever looks at the list sees no more changes than these: milliseconds. */
const PACE = 100;

export class NodeStore {
  private readonly byId = new Map<string, Node>();
  private readonly listeners = new Set<() => void>();
  private readonly stale = new Set<string>();
  private fleet: Fleet = { nodes: [], whole: false, error: null };
  /** By name; null where names came or went. */
  private order: Node[] | null = [];
  private readonly places = new Map<string, number>();
  private readonly touched = new Set<string>();
  private told = 0;
  private pace: ReturnType<typeof setTimeout> | null = null;
  private loading: Promise<void> | null = null;
  private loadAgain = false;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private frame: number | null = null;
  private closed = false;
  /** Changed by events while pages are read: what a page says of them is older. */
  private newer = new Set<string>();
  private gone = new Set<string>();

  constructor(private readonly tenant: string) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly get = (): Fleet => this.fleet;

  find(nameOrId: string): Node | undefined {
    const node = this.byId.get(nameOrId);
    if (node) return node;
    for (const one of this.byId.values()) if (one.name === nameOrId) return one;
    return undefined;
  }

  /** Reads all nodes; once more where it is asked for while that goes on. */
  load(): Promise<void> {
    if (this.loading) {
      this.loadAgain = true;
      return this.loading;
    }
    this.loading = this.readAll().finally(() => {
      this.loading = null;
      if (this.loadAgain && !this.closed) {
        this.loadAgain = false;
        void this.load();
      }
    });
    return this.loading;
  }

  private async readAll(): Promise<void> {
    const read = new Set<string>();
    const first = this.byId.size === 0;
    this.newer.clear();
    this.gone.clear();
    let limit = first ? FIRST : PAGE;
    try {
      await allPages(
        async (cursor) => {
          const page = await answer(
            api.GET('/api/v1/tenants/{tenant}/nodes', {
              params: {
                path: { tenant: this.tenant },
                query: { fields: 'brief', limit, ...(cursor ? { cursor } : {}) },
              },
            }),
          );
          // The first page is small, so that something is there at once.
          limit = PAGE;
          return page;
        },
        (nodes) => {
          for (const node of nodes) {
            read.add(node.id);
            // Now, a page at a time, and not for all nodes at the first key of a search.
            textOf(node);
            if (!this.newer.has(node.id) && !this.gone.has(node.id)) this.set(node);
          }
          this.changed();
        },
      );
      for (const id of this.byId.keys()) {
        if (!read.has(id) && !this.newer.has(id)) this.drop(id);
      }
      this.changed({ whole: true, error: null });
    } catch (error) {
      this.changed({ error });
    }
  }

  apply(event: HubEvent): void {
    const { kind, id } = event;
    if (!id || !kind.startsWith('node.')) return;
    if (kind === 'node.removed') {
      this.gone.add(id);
      this.drop(id);
      this.changed();
      return;
    }
    const node = this.byId.get(id);
    const data: Record<string, unknown> = event.data ?? {};
    if (node && kind === 'node.online') {
      this.put({
        ...node,
        link: {
          ...node.link,
          state: 'online',
          since: event.at,
          end: null,
          address: text(data.address) ?? node.link.address ?? null,
        },
        lastSeen: event.at,
      });
    } else if (node && kind === 'node.offline') {
      this.put({
        ...node,
        link: { ...node.link, state: 'offline', since: event.at, end: text(data.end) ?? null },
      });
    }
    if (!(node && kind === 'node.offline')) this.readSoon(id);
  }

  put(node: Node): void {
    this.newer.add(node.id);
    this.set(node);
    this.changed();
  }

  private set(node: Node): void {
    if (this.byId.get(node.id)?.name === node.name) this.touched.add(node.id);
    else this.order = null;
    this.byId.set(node.id, node);
  }

  private drop(id: string): void {
    this.byId.delete(id);
    this.order = null;
  }

  private readSoon(id: string): void {
    this.stale.add(id);
    this.timer ??= setTimeout(() => {
      this.timer = null;
      void this.readStale();
    }, GATHER);
  }

  private async readStale(): Promise<void> {
    const ids = [...this.stale];
    this.stale.clear();
    if (ids.length > MOST_BY_ID) {
      await this.load();
      return;
    }
    for (let i = 0; i < ids.length && !this.closed; i += BY_ID) {
      const some = ids.slice(i, i + BY_ID);
      try {
        const { items } = await answer(
          api.GET('/api/v1/tenants/{tenant}/nodes', {
            params: {
              path: { tenant: this.tenant },
              query: { ids: some.join(','), fields: 'brief', limit: BY_ID },
            },
          }),
        );
        for (const node of items) this.put(node);
        // Gone, or not for us any more.
        const there = new Set(items.map((node) => node.id));
        for (const id of some) if (!there.has(id) && this.byId.has(id)) this.drop(id);
        this.changed();
      } catch {
        // What was not answered comes with the next load.
      }
    }
  }

  /** Tells at most once for each frame, and ten times a second. */
  private changed(more: Partial<Fleet> = {}): void {
    this.fleet = { ...this.fleet, ...more };
    if (this.closed || this.frame !== null || this.pace !== null) return;
    const wait = this.told + PACE - performance.now();
    if (wait > 0) {
      this.pace = setTimeout(() => {
        this.pace = null;
        this.tellSoon();
      }, wait);
    } else this.tellSoon();
  }

  private tellSoon(): void {
    this.frame = requestAnimationFrame(() => {
      this.frame = null;
      this.told = performance.now();
      this.fleet = { ...this.fleet, nodes: this.inOrder() };
      for (const listener of this.listeners) listener();
    });
  }

  /** Sorted only where names came or went: most changes are of a node that keeps its place. */
  private inOrder(): Node[] {
    if (this.order === null) {
      this.order = [...this.byId.values()].sort((a, b) =>
        a.name < b.name ? -1 : a.name > b.name ? 1 : 0,
      );
      this.places.clear();
      for (let i = 0; i < this.order.length; i++) this.places.set((this.order[i] as Node).id, i);
    } else if (this.touched.size > 0) {
      this.order = this.order.slice();
      for (const id of this.touched) {
        const place = this.places.get(id);
        const node = this.byId.get(id);
        if (place !== undefined && node) this.order[place] = node;
      }
    }
    this.touched.clear();
    return this.order;
  }

  close(): void {
    this.closed = true;
    if (this.timer) clearTimeout(this.timer);
    if (this.pace) clearTimeout(this.pace);
    if (this.frame !== null) cancelAnimationFrame(this.frame);
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value ? value : undefined;
}
