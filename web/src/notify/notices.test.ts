import { expect, test } from 'vitest';
import type { HubEvent } from '../api/events';
import { CALM, Notices } from './notices';

let seq = 0;
const event = (kind: string, name: string, data: Record<string, unknown> = {}): HubEvent => ({
  seq: seq++,
  at: '2026-01-01T00:00:00Z',
  kind,
  id: `id-of-${name}`,
  name,
  data,
});

test('a machine that waits with a code is told of once', () => {
  const notices = new Notices();
  const one = { id: 'pair_1', hostname: 'ws-7', address: '192.0.2.1' };
  notices.pairings([], 0);
  expect(notices.get()).toEqual([]);
  notices.pairings([one], 1000);
  notices.pairings([one], 2000);
  expect(notices.get()).toMatchObject([{ kind: 'pairing-waits', count: 1, names: ['ws-7'] }]);
  notices.pairings([one, { id: 'pair_2', hostname: '', address: '192.0.2.2' }], 3000);
  expect(notices.get()[0]).toMatchObject({ count: 2, names: ['ws-7', '192.0.2.2'] });
});

test('a link that is back at once is nothing, and nodes lost together are one notice', () => {
  const notices = new Notices();
  notices.event(event('node.offline', 'a'), 0);
  notices.event(event('node.online', 'a'), 1000);
  notices.tick(CALM);
  expect(notices.get()).toEqual([]);

  for (const name of ['a', 'b', 'c']) notices.event(event('node.offline', name), 1000);
  notices.tick(2000);
  expect(notices.get()).toEqual([]);
  notices.tick(1000 + CALM);
  expect(notices.get()).toMatchObject([{ kind: 'nodes-lost', count: 3, names: ['a', 'b', 'c'] }]);
  notices.event(event('node.online', 'b'), 2000 + CALM);
  expect(notices.get()[0]).toMatchObject({ kind: 'nodes-back', names: ['b'] });
});

test('after the hub was away, nodes have their time to come back', () => {
  const notices = new Notices();
  notices.event(event('node.offline', 'a'), 0);
  notices.hubAway(1000);
  notices.hubBack(30_000);
  notices.tick(31_000);
  expect(notices.get().map((one) => one.kind)).toEqual(['hub-back', 'hub-away']);
  notices.tick(30_000 + CALM);
  expect(notices.get()[0]?.kind).toBe('nodes-lost');
});

test('what was read is not added to, and sessions that people ended are no news', () => {
  const notices = new Notices();
  notices.event(event('session.ended', 'a', { cause: 'done' }), 0);
  expect(notices.get()).toEqual([]);
  notices.event(event('session.ended', 'a', { cause: 'link-lost' }), 0);
  notices.event(event('session.ended', 'a', { cause: 'link-lost' }), 10);
  expect(notices.get()).toMatchObject([{ count: 2, names: ['a'], read: false }]);
  notices.readAll();
  notices.event(event('session.ended', 'a', { cause: 'link-lost' }), 20);
  expect(notices.get()).toHaveLength(2);
  notices.clear();
  expect(notices.get()).toEqual([]);
});
