import { beforeEach, expect, test } from 'vitest';
import { readFleetSearch } from './search';
import { isShown, keepViews, readViews, withView } from './views';

beforeEach(() => localStorage.clear());

test('views are kept for each person and tenant, by name', () => {
  const oslo = { name: 'Oslo', search: { labels: 'site=oslo' }, columns: ['state'] };
  const views = withView([], oslo);
  keepViews('ann@a', 'default', views);
  expect(readViews('ann@a', 'default', readFleetSearch)).toEqual(views);
  expect(readViews('bob@a', 'default', readFleetSearch)).toEqual([]);
  expect(readViews('ann@a', 'other', readFleetSearch)).toEqual([]);

  const again = withView(views, { ...oslo, columns: ['cpu'] });
  expect(again).toEqual([{ ...oslo, columns: ['cpu'] }]);
  expect(withView(again, { ...oslo, name: 'Bergen' }).map((one) => one.name)).toEqual([
    'Bergen',
    'Oslo',
  ]);
});

test('a view that is shown is known again', () => {
  const view = { name: 'a', search: { q: 'x', sort: '-cpu' }, columns: ['state', 'cpu'] };
  expect(isShown(view, { sort: '-cpu', q: 'x' }, ['state', 'cpu'])).toBe(true);
  expect(isShown(view, { q: 'x' }, ['state', 'cpu'])).toBe(false);
  expect(isShown(view, view.search, ['state'])).toBe(false);
});

test('what makes no sense in the storage is left out', () => {
  localStorage.setItem('fairlead.fleet.views.a.t', '{"not":"a list"}');
  expect(readViews('a', 't', readFleetSearch)).toEqual([]);
  localStorage.setItem(
    'fairlead.fleet.views.a.t',
    '[{"name":1},{"name":"ok","search":{"state":"nonsense","q":"x"},"columns":["state",5]}]',
  );
  expect(readViews('a', 't', readFleetSearch)).toEqual([
    { name: 'ok', search: { q: 'x' }, columns: ['state'] },
  ]);
});
