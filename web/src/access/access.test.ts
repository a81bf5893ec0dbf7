import { expect, it } from 'vitest';
import type { Node } from '../api/client';
import { whoCsv, whyCsv } from './csv';
import { effectOf, randomPassword, readLogins, takenIn } from './effect';
import { type Access, shortWho } from './lists';
import { readAccessSearch } from './search';
import { accessWords } from './text';

const t = accessWords.all.en;

it('says what a grant means', () => {
  expect(effectOf({ role: 'viewer', labels: '', logins: [] }, t)).toEqual([t.seesThem]);
  expect(effectOf({ role: 'operator', labels: 'a=b', logins: ['root'] }, t)).toEqual([
    t.seesThem,
    t.usesThem('root'),
  ]);
  expect(effectOf({ role: 'admin', labels: 'a=b', logins: ['*'] }, t)).toContain(t.managesNoTenant);
  expect(effectOf({ role: 'admin', labels: '', logins: [] }, t)).toContain(t.managesTenant);
});

it('takes in nodes that have all labels', () => {
  const node = (name: string, labels: Record<string, string>) => ({ name, labels }) as Node;
  const nodes = [node('a', { site: 'oslo' }), node('b', { site: 'oslo', env: 'prod' })];
  expect(takenIn('', nodes)).toHaveLength(2);
  expect(takenIn('site=oslo,env=prod', nodes).map(({ name }) => name)).toEqual(['b']);
  expect(takenIn('site=', nodes)).toHaveLength(0);
});

it('reads logins and addresses', () => {
  expect(readLogins('root, deploy  root')).toEqual({ logins: ['root', 'deploy'] });
  expect(readLogins('root;rm').wrong).toBe('root;rm');
  expect(readAccessSearch({ tab: 'who', node: 'a', x: 1 })).toEqual({ tab: 'who', node: 'a' });
  expect(readAccessSearch({ tab: 'root' })).toEqual({});
  expect(shortWho('ann@acme', 'acme')).toBe('ann');
  expect(shortWho('ann@system', 'acme')).toBe('ann@system');
});

it('makes passwords that differ', () => {
  expect(randomPassword()).toMatch(/^([a-z2-9]{5}-){3}[a-z2-9]{5}$/);
  expect(randomPassword()).not.toBe(randomPassword());
});

it('says who can reach a node, and why, as files', () => {
  const access = {
    user: 'ann@acme',
    userState: 'enabled',
    node: 'web-1',
    acts: [
      { act: 'stream.ssh', allowed: true, reason: null },
      { act: 'nodes.manage', allowed: false, reason: 'role' },
    ],
    logins: ['root', 'deploy'],
    grants: [
      { grant: { id: 'grant_1' }, takesIn: true },
      { grant: { id: 'grant_2' }, takesIn: false },
    ],
  } as unknown as Access;
  expect(whoCsv([access]).split('\r\n')[1]).toBe(
    'ann@acme,enabled,web-1,stream.ssh,root deploy,grant_1',
  );
  expect(whyCsv(access).split('\r\n').slice(1, 3)).toEqual([
    'ann@acme,enabled,web-1,stream.ssh,yes,,root deploy,grant_1',
    'ann@acme,enabled,web-1,nodes.manage,no,role,,',
  ]);
});
