import { expect, test } from 'vitest';
import { blocks, lifeOf, shortName } from './life';

const now = Date.parse('2026-03-01T00:00:00Z');
const certificate = { notBefore: '2026-01-01T00:00:00Z', notAfter: '2026-03-11T00:00:00Z' };

test('a certificate that nobody renews is something to do in its last weeks', () => {
  expect(lifeOf(certificate, null, now)).toMatchObject({ days: 10, level: 'warning' });
  expect(lifeOf(certificate, '2026-03-02T00:00:00Z', now).level).toBe('fine');
  expect(lifeOf(certificate, '2026-02-20T00:00:00Z', now).level).toBe('warning');
  expect(lifeOf({ ...certificate, notAfter: '2026-09-01T00:00:00Z' }, null, now).level).toBe(
    'fine',
  );
  expect(lifeOf({ ...certificate, notAfter: '2026-02-01T00:00:00Z' }, null, now)).toMatchObject({
    share: 1,
    level: 'bad',
  });
});

test('names and fingerprints as people read them', () => {
  expect(shortName('CN=Fairlead CA of hub 1a2b')).toBe('Fairlead CA of hub 1a2b');
  expect(shortName('O=A,CN=B\\, C,C=NO')).toBe('B, C');
  expect(shortName('O=Nobody')).toBe('O=Nobody');
  expect(blocks('0123456789')).toBe('0123 4567 89');
});
