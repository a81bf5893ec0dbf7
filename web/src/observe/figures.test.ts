import { expect, test } from 'vitest';
import { area, ceiling, type Health, figure, path, peakOf, shown } from './figures';
import { readHealthSearch } from './search';

const health = {
  series: [
    {
      name: 'fairlead_links',
      labels: { role: 'node' },
      unit: 'count',
      now: 3,
      points: [],
      peaks: [1, null, 4],
    },
    {
      name: 'fairlead_links',
      labels: { role: 'client' },
      unit: 'count',
      now: 1,
      points: [],
      peaks: [null],
    },
  ],
} as unknown as Health;

test('a figure is found by its name and label', () => {
  const nodes = figure(health, 'links', 'node');
  expect(nodes?.now).toBe(3);
  expect(nodes && peakOf(nodes)).toBe(4);
  const people = figure(health, 'links', 'client');
  expect(people && peakOf(people)).toBeNull();
  expect(figure(health, 'nothing')).toBeUndefined();
});

test('values as people read them', () => {
  expect(shown(null, 'count')).toBe('–');
  expect(shown(0.0034, 'seconds')).toBe('3.4 ms');
  expect(shown(1536, 'bytes-per-second')).toBe('1.5 KiB/s');
  expect(shown(0.25, 'per-second')).toBe('0.3/s');
});

test('the top of a chart is round, and never below what is shown', () => {
  for (const unit of ['bytes', 'count', 'seconds', 'cpus'] as const) {
    for (const peak of [0, 0.003, 1, 4, 999, 1_500_000]) {
      expect(ceiling(peak, unit)).toBeGreaterThanOrEqual(peak);
      expect(ceiling(peak, unit)).toBeGreaterThan(0);
    }
  }
  expect(ceiling(900, 'count')).toBe(1000);
});

test('a line has gaps where nothing was read', () => {
  expect(path([null, 5, 10, null, 0], 10)).toBe('M1 50L2 0M4 100h-0.4');
  expect(area([null, 5, 10, null], 10)).toBe('M1 100L1 50L2 0V100H1Z');
});

test('the address says the span', () => {
  expect(readHealthSearch({ span: '6h' })).toEqual({ span: '6h' });
  expect(readHealthSearch({ span: '1h' })).toEqual({});
  expect(readHealthSearch({ span: '2h' })).toEqual({});
});
