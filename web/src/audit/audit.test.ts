import { expect, it } from 'vitest';
import { csvOf, shortDetails } from './facts';
import { actOf, auditCommand, auditQuery, type AuditRecord, readAuditSearch } from './search';
import { newer } from './useTail';

const record = (seq: number, more: Partial<AuditRecord> = {}): AuditRecord => ({
  seq,
  at: '2026-01-01T12:00:00Z',
  act: 'grant.create',
  who: 'ann@acme',
  outcome: 'done',
  ...more,
});

it('takes anything from an address and keeps what makes sense', () => {
  expect(readAuditSearch({ act: 'grant.*', outcome: 'done', record: '7', live: false })).toEqual({
    act: 'grant.*',
    outcome: 'done',
    record: 7,
    live: false,
  });
  expect(readAuditSearch({ act: 'DROP TABLE', outcome: 'x', record: -1, live: 'no' })).toEqual({});
});

it('knows a group of acts by its first word', () => {
  expect(actOf('grant')).toBe('grant.*');
  expect(actOf('session.')).toBe('session.*');
  expect(actOf('sign-in')).toBe('sign-in');
  expect(actOf('no act!')).toBeUndefined();
});

it('asks the same by the API and the command line', () => {
  const filter = { act: 'grant.*', who: 'ann@acme', last: '1h' } as const;
  expect(auditQuery(filter)).toMatchObject({ act: 'grant.*', who: 'ann@acme' });
  expect(auditCommand(filter)).toBe("fairlead audit --act 'grant.*' --who ann@acme --since 1h");
});

it('exports a record as a line that no spreadsheet runs', () => {
  const line = csvOf(record(3, { subject: '=cmd()', details: { role: 'admin', 'a"b': 1 } }));
  expect(line).toBe(
    '3,2026-01-01T12:00:00Z,grant.create,done,ann@acme,,,,\'=cmd(),,,"{""role"":""admin"",""a\\""b"":1}"\r\n',
  );
  expect(shortDetails(record(1, { details: { session: 'sess_1', kind: 'ssh', login: '' } }))).toBe(
    'kind ssh, login –',
  );
});

it('puts each record once, the newest first', () => {
  const listed = [record(5), record(3)];
  expect(newer([record(7), record(6), record(5)], listed).map(({ seq }) => seq)).toEqual([
    7, 6, 5, 3,
  ]);
  expect(newer([], listed)).toBe(listed);
});
