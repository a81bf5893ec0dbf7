import { allPages, answer, api, type Node } from '../api/client';
import type { HubEvent } from '../api/events';
import { isProblem } from '../api/problem';

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

const PAGE = 500;
/** More changed nodes than these at once are not read one by one. */
const ONE_BY_ONE = 25;
const GATHER = 250;

export class NodeStore {
  private readonly byId = new Map<string, Node>();
  private readonly listeners = new Set<() => void>();
  private readonly stale = new Set<string>();
  private fleet: Fleet = { nodes: [], whole: false, error: null };
  private order: Node[] | null = [];
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
    let limit = first ? 100 : PAGE;
    try {
      await allPages(
        async (cursor) => {
          const page = await answer(
            api.GET('/api/v1/tenants/{tenant}/nodes', {
              params: {
                path: { tenant: this.tenant },
                query: cursor ? { limit, cursor } : { limit },
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
            if (!this.newer.has(node.id) && !this.gone.has(node.id)) this.byId.set(node.id, node);
          }
          this.changed();
        },
      );
      for (const id of this.byId.keys()) {
        if (!read.has(id) && !this.newer.has(id)) this.byId.delete(id);
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
      this.byId.delete(id);
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
    this.byId.set(node.id, node);
    this.changed();
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
    if (ids.length > ONE_BY_ONE) {
      await this.load();
      return;
    }
    for (const id of ids) {
      try {
        this.put(
          await answer(
            api.GET('/api/v1/tenants/{tenant}/nodes/{node}', {
              params: { path: { tenant: this.tenant, node: id } },
            }),
          ),
        );
      } catch (error) {
        // Gone, or not for us any more; what was not answered comes with the next load.
        if (isProblem(error, 'not-found') || isProblem(error, 'denied')) {
          this.byId.delete(id);
          this.changed();
        }
      }
    }
  }

  /** Tells at most once for each frame. */
  private changed(more: Partial<Fleet> = {}): void {
    this.order = null;
    this.fleet = { ...this.fleet, ...more };
    if (this.closed || this.frame !== null) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = null;
      this.order ??= [...this.byId.values()].sort((a, b) =>
        a.name < b.name ? -1 : a.name > b.name ? 1 : 0,
      );
      this.fleet = { ...this.fleet, nodes: this.order };
      for (const listener of this.listeners) listener();
    });
  }

  close(): void {
    this.closed = true;
    if (this.timer) clearTimeout(this.timer);
    if (this.frame !== null) cancelAnimationFrame(this.frame);
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value ? value : undefined;
}
