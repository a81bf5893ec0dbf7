import { beforeEach, expect, test } from 'vitest';
import { isShown, localViews } from './views';

const KEY = 'fairlead.fleet.views.ann@a.default';

beforeEach(() => localStorage.clear());

test('a view that is shown is known again', () => {
  const view = { id: 'v', name: 'a', search: { q: 'x', sort: '-cpu' }, columns: ['state', 'cpu'] };
  expect(isShown(view, { sort: '-cpu', q: 'x' }, ['state', 'cpu'])).toBe(true);
  expect(isShown(view, { q: 'x' }, ['state', 'cpu'])).toBe(false);
  expect(isShown(view, view.search, ['state'])).toBe(false);
});

test('what the browser kept is found for its person and tenant', () => {
  const oslo = { name: 'Oslo', search: { labels: 'site=oslo' }, columns: ['state'] };
  localStorage.setItem(KEY, JSON.stringify([oslo]));
  expect(localViews('ann@a', 'default')).toEqual([oslo]);
  expect(localViews('bob@a', 'default')).toEqual([]);
  expect(localViews('ann@a', 'other')).toEqual([]);
});

test('what makes no sense in the storage is left out', () => {
  localStorage.setItem(KEY, '{"not":"a list"}');
  expect(localViews('ann@a', 'default')).toEqual([]);
  localStorage.setItem(
    KEY,
    '[{"name":1},{"name":"ok","search":{"state":"nonsense","q":"x"},"columns":["state",5]}]',
  );
  expect(localViews('ann@a', 'default')).toEqual([
    { name: 'ok', search: { q: 'x' }, columns: ['state'] },
  ]);
});
