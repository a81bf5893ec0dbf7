import type { HubEvent } from '../api/events';

/*
 * What a person may want to know and did not ask for: made of events, calmly. A link that breaks
 * and is back at once is nothing; many nodes that are lost together are one notice.
 */

export type NoticeKind =
  | 'nodes-lost'
  | 'nodes-back'
  | 'node-copied'
  | 'node-joined'
  | 'pairing-waits'
  | 'sessions-ended'
  | 'hub-away'
  | 'hub-back';

export interface Notice {
  id: number;
  kind: NoticeKind;
  /** When it was told last, by the reader's clock. */
  at: number;
  /** Names of nodes, oldest first; a few of many. */
  names: string[];
  count: number;
  /** Why, where the hub said so. */
  cause: string | null;
  read: boolean;
}

/** A link may be gone for so long: agents dial again with a pause. */
export const CALM = 20_000;
/** What follows within is told with what was before. */
const TOGETHER = 60_000;
const MOST = 100;
const MOST_NAMES = 20;
/** Ends of sessions that nobody at their two ends meant. */
const CUT = [
  'right-ended',
  'ended-by-operator',
  'link-lost',
  'limit',
  'going-away',
  'protocol-error',
  'internal',
  'not-resumable',
];

/** What is worth a toast: something is to be done, or what was wrong is over. */
export const LOUD: readonly NoticeKind[] = [
  'nodes-lost',
  'node-copied',
  'pairing-waits',
  'hub-back',
];

export class Notices {
  private list: Notice[] = [];
  private next = 1;
  private readonly listeners = new Set<() => void>();
  /** Nodes whose link broke, and when; not told yet. */
  private readonly doubtful = new Map<string, { name: string; at: number }>();
  /** Told as lost. */
  private readonly lost = new Set<string>();
  /** Machines with a pairing code that were told of. */
  private waiting = new Set<string>();

  readonly get = (): readonly Notice[] => this.list;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  event(event: HubEvent, now: number): void {
    const { kind, id, name } = event;
    if (!id || !name) return;
    if (kind === 'node.offline') this.doubtful.set(id, { name, at: now });
    else if (kind === 'node.online') {
      this.doubtful.delete(id);
      if (this.lost.delete(id)) this.add('nodes-back', [name], null, now);
    } else if (kind === 'node.removed') {
      this.doubtful.delete(id);
      this.lost.delete(id);
    } else if (kind === 'node.copied') this.add('node-copied', [name], null, now);
    else if (kind === 'node.enrolled') this.add('node-joined', [name], null, now);
    else if (kind === 'session.ended') {
      const cause = event.data?.cause;
      if (typeof cause === 'string' && CUT.includes(cause)) {
        this.add('sessions-ended', [name], cause, now);
      }
    }
  }

  /** Machines that wait now with a pairing code: told of once. */
  pairings(all: readonly { id: string; hostname: string; address: string }[], now: number): void {
    const fresh = all.filter((one) => !this.waiting.has(one.id));
    this.waiting = new Set(all.map((one) => one.id));
    if (fresh.length > 0) {
      const names = fresh.map((one) => one.hostname || one.address);
      this.add('pairing-waits', names, null, now);
    }
  }

  /** The hub was away: that links broke then says nothing of their nodes. */
  hubAway(now: number): void {
    this.add('hub-away', [], null, now);
  }

  hubBack(now: number): void {
    for (const one of this.doubtful.values()) one.at = now;
    this.add('hub-back', [], null, now);
  }

  /** Tells what has been doubtful for long enough. */
  tick(now: number): void {
    const gone: string[] = [];
    for (const [id, one] of this.doubtful) {
      if (now - one.at < CALM) continue;
      this.doubtful.delete(id);
      this.lost.add(id);
      gone.push(one.name);
    }
    if (gone.length > 0) this.add('nodes-lost', gone, null, now);
  }

  readAll(): void {
    if (this.list.every((one) => one.read)) return;
    this.set(this.list.map((one) => (one.read ? one : { ...one, read: true })));
  }

  clear(): void {
    this.set([]);
  }

  private add(kind: NoticeKind, names: string[], cause: string | null, now: number): void {
    const before = this.list[0];
    if (
      before &&
      !before.read &&
      before.kind === kind &&
      before.cause === cause &&
      now - before.at < TOGETHER
    ) {
      const all = [...new Set([...before.names, ...names])];
      this.set([
        {
          ...before,
          at: now,
          names: all.slice(0, MOST_NAMES),
          count: before.count + names.length,
        },
        ...this.list.slice(1),
      ]);
      return;
    }
    const notice: Notice = {
      id: this.next++,
      kind,
      at: now,
      names: names.slice(0, MOST_NAMES),
      count: names.length,
      cause,
      read: false,
    };
    this.set([notice, ...this.list].slice(0, MOST));
  }

  private set(list: Notice[]): void {
    this.list = list;
    for (const listener of this.listeners) listener();
  }
}
