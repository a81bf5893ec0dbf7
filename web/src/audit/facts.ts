import { shellLine } from '../shell/commands';
import { csvLine } from '../shell/csv';
import type { AuditRecord } from './search';

const FIELDS = [
  'seq',
  'at',
  'act',
  'outcome',
  'who',
  'whoId',
  'by',
  'address',
  'subject',
  'subjectId',
  'count',
] as const;

export const CSV_HEAD = csvLine([...FIELDS, 'details']);

export function csvOf(record: AuditRecord): string {
  return csvLine([...FIELDS.map((field) => record[field]), JSON.stringify(record.details ?? {})]);
}

export function jsonLineOf(record: AuditRecord): string {
  return `${JSON.stringify(record)}\n`;
}

/** What of the details says most, in one line. */
export function shortDetails(record: AuditRecord): string {
  return Object.entries(record.details ?? {})
    .filter(([key]) => key !== 'session')
    .map(([key, value]) => `${key} ${shown(value)}`)
    .join(', ');
}

export function shown(value: unknown): string {
  if (value === '' || value === null || value === undefined) return '–';
  return typeof value === 'object' ? JSON.stringify(value) : shellLine(String(value));
}
