import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Node } from '../api/client';
import { NodeStore } from './NodeStore';

function node(name: string, more: Partial<Node> = {}): Node {
  return {
    id: `node_${name}`,
    name,
    labels: {},
    created: '2026-01-01T00:00:00Z',
    link: { state: 'online', since: '2026-01-01T00:00:00Z' },
    ...more,
  };
}

const event = (kind: string, id: string, seq = 1, data = {}) => ({
  seq,
  at: '2026-02-02T00:00:00Z',
  kind,
  id,
  name: id.replace('node_', ''),
  data,
});

/** What the hub has: pages of two, and nodes one by one. */
let nodes: Node[] = [];
let asked: string[] = [];
let store: NodeStore;

beforeEach(() => {
  nodes = [node('a'), node('b'), node('c')];
  asked = [];
  vi.stubGlobal('fetch', async (request: Request) => {
    const url = new URL(request.url, 'https://hub');
    asked.push(url.pathname + url.search);
    const one = /nodes\/(.+)$/.exec(url.pathname)?.[1];
    if (one) {
      const found = nodes.find(({ id, name }) => id === one || name === one);
      return Response.json(found ?? { code: 'not-found', detail: 'gone' }, {
        status: found ? 200 : 404,
      });
    }
    const ids = url.searchParams.get('ids')?.split(',');
    if (ids) {
      return Response.json({ items: nodes.filter(({ id }) => ids.includes(id)), next: null });
    }
    const from = Number(url.searchParams.get('cursor') ?? 0);
    return Response.json({
      items: nodes.slice(from, from + 2),
      next: from + 2 < nodes.length ? String(from + 2) : null,
    });
  });
  store = new NodeStore('acme');
});

afterEach(() => {
  store.close();
  vi.unstubAllGlobals();
});

const shown = () =>
  vi.waitFor(() => {
    const { nodes: all, whole } = store.get();
    expect(whole).toBe(true);
    return all.map((one) => `${one.name}:${one.link.state}`).join(' ');
  });

it('reads page after page, and keeps by events', async () => {
  await store.load();
  await vi.waitFor(async () => expect(await shown()).toBe('a:online b:online c:online'));

  store.apply(event('node.offline', 'node_b', 1, { end: 'dead-peer' }));
  await vi.waitFor(async () => expect(await shown()).toBe('a:online b:offline c:online'));
  expect(store.find('b')?.link.end).toBe('dead-peer');

  store.apply(event('node.removed', 'node_a'));
  nodes = [node('b'), node('c'), node('d')];
  store.apply(event('node.enrolled', 'node_d'));
  await vi.waitFor(async () => expect(await shown()).toBe('b:offline c:online d:online'));
  expect(asked.filter((path) => path.includes('ids=node_d'))).toHaveLength(1);
});

it('reads many that changed in one question, and all anew where very many did', async () => {
  nodes = Array.from({ length: 700 }, (_, i) => node(`n${String(i).padStart(3, '0')}`));
  await store.load();
  asked = [];
  for (const { id } of nodes.slice(0, 150)) store.apply(event('node.changed', id));
  await vi.waitFor(() => expect(asked).toHaveLength(2), 3000);
  asked = [];
  for (const { id } of nodes) store.apply(event('node.changed', id));
  await vi.waitFor(() => expect(asked).toHaveLength(350), 3000);
  expect(asked.some((path) => path.includes('ids='))).toBe(false);
});

it('keeps the order where a node only changes, and makes it anew where its name does', async () => {
  await store.load();
  await shown();
  nodes = [node('a'), node('z', { id: 'node_b' }), node('c')];
  store.apply(event('node.offline', 'node_a'));
  store.apply(event('node.changed', 'node_b'));
  await vi.waitFor(async () => expect(await shown()).toBe('a:offline c:online z:online'), 3000);
});

it('does not take back by a page what an event has said meanwhile', async () => {
  await store.load();
  const loading = store.load();
  store.apply(event('node.offline', 'node_c'));
  store.apply(event('node.removed', 'node_b'));
  await loading;
  await vi.waitFor(async () => expect(await shown()).toBe('a:online c:offline'));
});
