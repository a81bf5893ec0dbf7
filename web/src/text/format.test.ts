import { expect, it } from 'vitest';
import { ago, bytes, span } from './format';
import { setLanguage } from './words';

it('says numbers and times as the reader does', () => {
  setLanguage('en');
  expect(bytes(0)).toBe('0 B');
  expect(bytes(1536)).toBe('1.5 KiB');
  expect(bytes(1023.9 * 1024 ** 3)).toBe('1 TiB');
  expect(span(0)).toBe('0 s');
  expect(span(3 * 86_400 + 4 * 3_600 + 59)).toBe('3 d 4 h');
  expect(span(86_400 + 59)).toBe('1 d');
  const now = Date.parse('2026-01-01T12:00:00Z');
  expect(ago('2026-01-01T11:57:00Z', now)).toBe('3 min. ago');
  expect(ago('2026-01-01T11:59:55Z', now)).toBe('now');
  setLanguage('de');
  expect(bytes(1536)).toBe('1,5 KiB');
  expect(ago('2026-01-01T11:57:00Z', now)).toBe('vor 3 Min.');
});
