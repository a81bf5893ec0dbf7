import { expect, test } from 'vitest';
import type { Node } from '../api/client';
import { groupsOf, keysOf, layOut, nodeAt, seed } from './groups';

function node(name: string, labels: Record<string, string>, more: object = {}): Node {
  return {
    id: name,
    name,
    labels,
    created: '2026-01-01T00:00:00Z',
    link: { state: 'online', since: null },
    ...more,
  } as Node;
}

const fleet = Array.from({ length: 100 }, (_, i) =>
  node(`n${i}`, { site: ['oslo', 'bergen', 'narvik'][i % 3] as string, serial: `s${i}`, all: 'x' }),
);

test('the key that makes the best picture is first', () => {
  expect(keysOf(fleet)[0]).toBe('site');
  expect(keysOf([])).toEqual([]);
});

test('groups say how many are online, how much passes and how far they are', () => {
  const groups = groupsOf(
    [
      node(
        'a',
        { site: 'oslo' },
        {
          link: { state: 'online', rttMillis: 3 },
          statistics: { networkIn: 10, networkOut: 5 },
        },
      ),
      node('b', { site: 'oslo' }, { link: { state: 'offline' } }),
      node('c', {}),
    ],
    'site',
  );
  expect(groups).toMatchObject([
    { value: 'oslo', online: 1, traffic: 15, rtt: 3 },
    { value: null, others: false, online: 1, rtt: null },
  ]);
});

test('more groups than fit are put together, and no node is lost', () => {
  const groups = groupsOf(fleet, 'serial', 10);
  expect(groups).toHaveLength(10);
  expect(groups.at(-1)?.others).toBe(true);
  expect(groups.reduce((sum, one) => sum + one.nodes.length, 0)).toBe(100);
});

test('from 1 node to 10,000 everything is within the picture and nothing covers another', () => {
  for (const [width, height] of [
    [1150, 640],
    [358, 480],
  ] as const) {
    for (const sizes of [[1], [10_000], [1, 1], [5000, 5000], [3, 40, 900], Array(12).fill(830)]) {
      const picture = layOut(sizes, width, height);
      for (const [i, one] of picture.groups.entries()) {
        expect(one.x - one.r).toBeGreaterThanOrEqual(0);
        expect(one.x + one.r).toBeLessThanOrEqual(width);
        expect(one.y - one.r).toBeGreaterThanOrEqual(0);
        expect(one.y + one.r).toBeLessThanOrEqual(height);
        for (const other of picture.groups.slice(i + 1)) {
          expect(Math.hypot(one.x - other.x, one.y - other.y)).toBeGreaterThan(one.r + other.r);
        }
      }
    }
  }
});

test('the node under the pointer is found', () => {
  const groups = groupsOf(fleet, 'site');
  const picture = layOut(
    groups.map((one) => one.nodes.length),
    1000,
    600,
  );
  const place = picture.groups[1];
  const [dx, dy] = seed(7, picture.spacing);
  expect(place && nodeAt(picture, groups, place.x + dx, place.y + dy)?.name).toBe(
    groups[1]?.nodes[7]?.name,
  );
  expect(nodeAt(picture, groups, 0, 0)).toBeNull();
});
