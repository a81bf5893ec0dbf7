import type { Node } from '../api/client';
import { takesIn } from '../identity/me';
import type { Grant } from './lists';
import type { AccessText } from './text';

/*
 * What a grant means, in sentences. What it decides is the hub's alone.
 */

export type Given = Pick<Grant, 'role' | 'labels' | 'logins'>;

export function loginsText(logins: readonly string[], t: AccessText): string {
  if (logins.includes('*')) return t.anyLogin;
  return logins.length === 0 ? t.defaultLogin : logins.join(', ');
}

export function nodesText(labels: string, t: AccessText): string {
  return labels === '' ? t.everyNode : t.nodesWith(labels.replaceAll(',', ', '));
}

/** The sentences, from the least right to the largest. */
export function effectOf(given: Given, t: AccessText): string[] {
  const sentences = [t.seesThem];
  if (given.role !== 'viewer') sentences.push(t.usesThem(loginsText(given.logins, t)));
  if (given.role === 'admin') {
    sentences.push(t.managesThem);
    sentences.push(given.labels === '' ? t.managesTenant : t.managesNoTenant);
  }
  return sentences;
}

export function takenIn(labels: string, nodes: readonly Node[]): Node[] {
  return nodes.filter((node) => takesIn(labels, node.labels));
}

const LOGIN = /^(\*|[A-Za-z_][A-Za-z0-9_.-]{0,31})$/;

/** Logins as a person types them, with commas or blanks between. */
export function readLogins(text: string): { logins: string[]; wrong?: string } {
  const logins = [...new Set(text.split(/[\s,]+/).filter(Boolean))];
  const wrong = logins.find((login) => !LOGIN.test(login)) ?? logins[32];
  return wrong === undefined ? { logins } : { logins, wrong };
}

/** A password that nobody chose: 20 of 32 signs that are not taken for others, 100 bits. */
export function randomPassword(): string {
  const signs = 'abcdefghijkmnpqrstuvwxyz23456789';
  const bytes = crypto.getRandomValues(new Uint8Array(20));
  return [...bytes]
    .map((byte, at) => `${at > 0 && at % 5 === 0 ? '-' : ''}${signs[byte % signs.length]}`)
    .join('');
}
