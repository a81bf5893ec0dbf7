import { describe, expect, it } from 'vitest';
import type { Node } from '../api/client';
import { COLUMNS, csvOf, sortNodes } from './columns';
import { filterNodes, labelsText, parseLabels, readFleetSearch, toggleLabel } from './search';

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

const names = (nodes: Node[]) => nodes.map((one) => one.name).join(' ');

describe('what the address says', () => {
  it('takes what makes sense and leaves out the rest', () => {
    expect(
      readFleetSearch({ q: 12, labels: 'a=b', state: 'gone', sort: '<x>', other: 'x' }),
    ).toEqual({ q: '12', labels: 'a=b' });
    expect(readFleetSearch({ state: 'offline', sort: '-cpu', q: '' })).toEqual({
      state: 'offline',
      sort: '-cpu',
    });
  });

  it('has labels as the command line writes them', () => {
    expect(parseLabels('site=oslo,role=')).toEqual([
      ['site', 'oslo'],
      ['role', ''],
    ]);
    expect(parseLabels(undefined)).toEqual([]);
    const one = toggleLabel([['site', 'oslo']], 'site', 'bergen');
    expect(labelsText(one)).toBe('site=bergen');
    expect(toggleLabel(one, 'site', 'bergen')).toEqual([]);
  });
});

describe('which nodes are shown', () => {
  const nodes = [
    node('alpha', { os: 'Debian 12', labels: { site: 'oslo' } }),
    node('beta', { link: { state: 'offline', since: null }, labels: { site: 'bergen' } }),
    node('gamma', {
      statistics: { at: '', health: 'warning', problems: ['full'], disks: [], cpu: 0.5 },
    }),
  ];

  it('has every word somewhere in the row', () => {
    expect(names(filterNodes(nodes, { q: 'DEBIAN oslo' }))).toBe('alpha');
    expect(names(filterNodes(nodes, { q: 'debian bergen' }))).toBe('');
    expect(names(filterNodes(nodes, { q: '' }))).toBe('alpha beta gamma');
  });

  it('filters by state, attention and label', () => {
    expect(names(filterNodes(nodes, { state: 'offline' }))).toBe('beta');
    expect(names(filterNodes(nodes, { state: 'attention' }))).toBe('gamma');
    expect(names(filterNodes(nodes, { labels: 'site=oslo' }))).toBe('alpha');
  });

  it('sorts what has no value last, both ways', () => {
    expect(names(sortNodes(nodes, 'system'))).toBe('alpha beta gamma');
    expect(names(sortNodes(nodes, '-cpu'))).toBe('gamma alpha beta');
    expect(names(sortNodes(nodes, 'cpu'))).toBe('gamma alpha beta');
    expect(names(sortNodes(nodes, '-name'))).toBe('gamma beta alpha');
    expect(names(sortNodes(nodes, 'nonsense'))).toBe('alpha beta gamma');
  });

  it('filters ten thousand fast enough to type', () => {
    const many = Array.from({ length: 10_000 }, (_, i) =>
      node(`node-${i}`, { labels: { site: `s${i % 40}` } }),
    );
    filterNodes(many, { q: 'warm' });
    expect(filterNodes(many, { q: 'node-99 s39' })).toHaveLength(4);
  });
});

describe('the export', () => {
  it('is no formula, whatever a stranger has called a machine', () => {
    const columns = COLUMNS.filter(({ id }) => id === 'system' || id === 'hostname');
    const csv = csvOf([node('a', { os: '=cmd()', hostname: 'x,"y"' })], columns);
    expect(csv).toBe('id,name,system,hostname\r\nnode_a,a,\'=cmd(),"x,""y"""\r\n');
  });
});
