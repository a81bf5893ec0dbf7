import { expect, it } from 'vitest';
import type { Session } from '../api/client';
import { nextRates } from './rates';
import { readSessionsSearch } from './search';

const session = (bytesIn: number, bytesOut: number, state: Session['state'] = 'live') =>
  ({ id: 'sess_1', bytesIn, bytesOut, state }) as Session;

it('has a rate from the second reading on', () => {
  const first = nextRates(new Map(), [session(100, 0)], 1000);
  expect(first.get('sess_1')?.perSecond).toBeNull();
  const second = nextRates(first, [session(300, 1800)], 3000);
  expect(second.get('sess_1')?.perSecond).toBe(1000);
  // Too close together: as it was.
  expect(nextRates(second, [session(301, 1800)], 3100).get('sess_1')?.perSecond).toBe(1000);
  // After a restart the hub may have counted less.
  expect(nextRates(second, [session(0, 0)], 5000).get('sess_1')?.perSecond).toBe(0);
  expect(nextRates(second, [session(300, 1800, 'ended')], 5000).size).toBe(0);
});

it('takes anything from an address and keeps what makes sense', () => {
  expect(readSessionsSearch({ state: 'live', node: 'a', user: 7, last: '1h', x: 1 })).toEqual({
    state: 'live',
    node: 'a',
    user: '7',
    last: '1h',
  });
  expect(readSessionsSearch({ state: 'gone', node: '', since: 'yesterday', last: '2h' })).toEqual(
    {},
  );
});
