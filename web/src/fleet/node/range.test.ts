import { describe, expect, it } from 'vitest';
import { CHARTS, lines, part, readNodeSearch, type Series, span, summary } from './range';

const series = (at: number[], step = 60): Series => ({
  since: '2026-01-01T00:00:00Z',
  until: '2026-01-01T01:00:00Z',
  stepSeconds: step,
  items: at.map((seconds) => ({
    at: new Date(seconds * 1000).toISOString(),
    samples: 2,
    cpu: [0.1, 0.2, 0.6],
    memoryTotal: 100,
    memoryUsed: [10, 20, 200],
    rttMillis: null,
  })),
});

describe('the time that is shown', () => {
  it('is what the address says, where that makes sense', () => {
    expect(readNodeSearch({ range: '7d', from: '1', to: 2 })).toEqual({ range: '7d' });
    expect(readNodeSearch({ range: 'x', from: 1000, to: '2000' })).toEqual({
      from: 1000,
      to: 2000,
    });
    expect(readNodeSearch({ from: 'NaN', to: {} })).toEqual({});
    expect(span({}, 7_200_500)).toEqual([3600, 7200]);
    expect(span({ range: '6h', from: 10, to: 100 }, 0)).toEqual([10, 100]);
  });

  it('has parts that are neither of the future nor too short', () => {
    expect(part([0, 7200], 0.25, 0.75, 1e9)).toEqual([1800, 5400]);
    expect(part([0, 7200], 0.5, 1.5, 7_200_000)).toEqual([0, 7200]);
    expect(part([0, 7200], 0.5, 0.501, 1e9)).toEqual([3307, 3607]);
  });
});

describe('what is drawn', () => {
  it('has a gap where nothing was heard', () => {
    const drawn = lines(series([0, 60, 300]), CHARTS[0]?.of ?? []);
    expect(drawn.at).toEqual([0, 60, 120, 300]);
    expect(drawn.lines[0]?.[1]).toEqual([0.2, 0.2, null, 0.2]);
    expect(summary(drawn.lines[0] as never)).toEqual([0.1, expect.closeTo(0.2), 0.6]);
  });

  it('shows memory as a share, never more than all of it, and nothing where nothing was told', () => {
    const [memory, latency] = ['memory', 'latency'].map((id) =>
      CHARTS.find((chart) => chart.id === id),
    );
    expect(lines(series([0]), memory?.of ?? []).lines[0]).toEqual([[0.1], [0.2], [1]]);
    const none = lines(series([0]), latency?.of ?? []).lines[0];
    expect(none).toEqual([[null], [null], [null]]);
    expect(summary(none as never)).toBeNull();
  });
});
