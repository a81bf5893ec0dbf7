import { keepPreviousData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { answer, api, type Session } from '../api/client';
import { useEvents } from '../fleet/TenantNodes';
import { rangeQuery } from '../shell/range';
import { nextRates, type Rate } from './rates';
import type { SessionsSearch } from './search';

const PAGE = 200;
const LIVELY = 3_000;
/** Who has scrolled far reads more at each look. */
const CALM = 20_000;
const GATHER = 300;
const NO_RATES: ReadonlyMap<string, Rate> = new Map();

/** A page of those that the filter wants. */
export function readPage(
  tenant: string,
  filter: Omit<SessionsSearch, 'session'>,
  cursor: string | undefined,
  limit: number,
  signal: AbortSignal,
) {
  const { state, node, user } = filter;
  return answer(
    api.GET('/api/v1/tenants/{tenant}/sessions', {
      params: {
        path: { tenant },
        query: {
          limit,
          ...(state ? { state } : {}),
          ...(node ? { node } : {}),
          ...(user ? { user } : {}),
          ...rangeQuery(filter),
          ...(cursor ? { cursor } : {}),
        },
      },
      signal,
    }),
  );
}

/** Those that the filter wants, newest first, as of now: more as the reader asks for them. */
export function useSessions(tenant: string, filter: Omit<SessionsSearch, 'session'>) {
  const client = useQueryClient();
  const { state } = filter;
  const queryKey = ['sessions', tenant, 'page', filter];
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  useEvents((event) => {
    if (!event.kind.startsWith('session.')) return;
    clearTimeout(timer.current);
    timer.current = setTimeout(
      () => void client.invalidateQueries({ queryKey: ['sessions', tenant, 'page'] }),
      GATHER,
    );
  });
  return useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) =>
      readPage(tenant, filter, pageParam || undefined, PAGE, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state: { data } }) =>
      state === 'ended' || (data?.pages.length ?? 0) > 3 ? CALM : LIVELY,
  });
}

/** How fast bytes pass in the live ones. */
export function useRates(sessions: readonly Session[], at: number): ReadonlyMap<string, Rate> {
  const [rates, setRates] = useState(NO_RATES);
  useEffect(() => setRates((before) => nextRates(before, sessions, at)), [sessions, at]);
  return rates;
}
