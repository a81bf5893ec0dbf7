import { expect, test } from 'vitest';
import { HubAway } from '../api/problem';
import { forEach, parseLabel } from './bulk';

test('one that fails stops no other', async () => {
  const told: number[] = [];
  const result = await forEach(
    ['a', 'b', 'c', 'd', 'e', 'f'],
    (one) => (one === 'c' ? Promise.reject(new Error('no')) : Promise.resolve()),
    ({ done, failed }) => {
      told.push(done + failed.length);
      return false;
    },
  );
  expect(result).toMatchObject({ all: 6, done: 5, failed: [{ what: 'c' }] });
  expect(told).toEqual([1, 2, 3, 4, 5, 6]);
});

test('a hub that is away, and somebody who stops it, end it', async () => {
  const all = Array.from({ length: 50 }, (_, i) => i);
  const away = await forEach(
    all,
    () => Promise.reject(new HubAway()),
    () => false,
  );
  expect(away.failed.length).toBeLessThanOrEqual(4);
  const stopped = await forEach(
    all,
    () => Promise.resolve(),
    ({ done }) => done >= 10,
  );
  expect(stopped.done).toBeLessThan(15);
});

test('labels as the hub takes them', () => {
  expect(parseLabel('site=oslo')).toEqual(['site', 'oslo']);
  expect(parseLabel(' site = Oslo-1 ')).toEqual(['site', 'Oslo-1']);
  expect(parseLabel('site=')).toEqual(['site', '']);
  for (const wrong of ['site', '=x', 'Site=x', 'a=b c', 'a=b,c=d']) {
    expect(parseLabel(wrong)).toBeNull();
  }
});
