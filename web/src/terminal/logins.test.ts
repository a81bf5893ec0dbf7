import { beforeEach, describe, expect, test } from 'vitest';
import type { Me, Node } from '../api/client';
import { keepLogin, keptLogin, loginsOn, placeOf } from './logins';

const node = (logins: string[], labels = {}): Pick<Node, 'labels' | 'policy'> => ({
  labels,
  policy: { profile: 'node', allow: ['ssh'], logins, defaultLogin: logins[0] ?? null },
});

function me(...grants: { role: string; labels?: string; logins: string[] }[]): Me {
  return {
    tenants: [{ tenant: 'acme', grants: grants.map((one) => ({ labels: '', ...one })) }],
  } as unknown as Me;
}

describe('the logins to choose from', () => {
  test('are those of both the grants and the node', () => {
    const any = me({ role: 'operator', logins: ['*'] });
    expect(loginsOn(any, 'acme', node(['root', 'ada']))).toEqual(['root', 'ada']);
    const two = me(
      { role: 'operator', logins: ['build', 'ada'] },
      { role: 'operator', labels: 'site=oslo', logins: [] },
    );
    const machine = node(['root', 'ada', 'build', 'www'], { site: 'oslo' });
    expect(loginsOn(two, 'acme', machine)).toEqual(['root', 'ada', 'build']);
    expect(loginsOn(two, 'acme', { ...machine, labels: {} })).toEqual(['ada', 'build']);
  });

  test('are none where there is no choice', () => {
    expect(loginsOn(me({ role: 'viewer', logins: ['*'] }), 'acme', node(['a', 'b']))).toEqual([]);
    expect(loginsOn(me({ role: 'admin', logins: [] }), 'acme', node(['a', 'b']))).toEqual([]);
    expect(loginsOn(me({ role: 'admin', logins: ['*'] }), 'acme', node(['a']))).toEqual([]);
    expect(loginsOn(me({ role: 'admin', logins: ['*'] }), 'other', node(['a', 'b']))).toEqual([]);
    expect(
      loginsOn(me({ role: 'admin', logins: ['*'] }), 'acme', { labels: {}, policy: null }),
    ).toEqual([]);
  });
});

describe('the last choice', () => {
  beforeEach(() => localStorage.clear());

  test('is kept by node, as long as it is one', () => {
    keepLogin('acme', 'one', 'ada');
    keepLogin('acme', 'two', 'build');
    keepLogin('acme', 'one', 'root');
    expect(keptLogin('acme', 'one', ['ada', 'root'])).toBe('root');
    expect(keptLogin('acme', 'two', ['build'])).toBe('build');
    expect(keptLogin('acme', 'two', ['ada'])).toBeNull();
    expect(keptLogin('other', 'one', ['root'])).toBeNull();
  });

  test('is of two hundred nodes, and none where what is kept is broken', () => {
    for (let i = 0; i < 250; i++) keepLogin('acme', `node-${i}`, 'ada');
    expect(keptLogin('acme', 'node-249', ['ada'])).toBe('ada');
    expect(keptLogin('acme', 'node-49', ['ada'])).toBeNull();
    localStorage.setItem('fairlead.logins', '{"a":1}');
    expect(keptLogin('acme', 'node-249', ['ada'])).toBeNull();
    localStorage.setItem('fairlead.logins', 'no');
    expect(keptLogin('acme', 'node-249', ['ada'])).toBeNull();
  });
});

test('where one works is said with the login that was chosen', () => {
  expect(placeOf('gpu-7', null)).toBe('gpu-7');
  expect(placeOf('gpu-7', 'ada')).toBe('ada@gpu-7');
});
