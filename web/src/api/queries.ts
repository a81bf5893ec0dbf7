import { QueryClient } from '@tanstack/react-query';
import { hub } from './hub';
import { HubAway, HubProblem } from './problem';

/** Reads are kept for the page; a hub that is away is waited for, a refusal is not repeated. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      refetchOnWindowFocus: false,
      retry: (count, error) =>
        error instanceof HubAway || (error instanceof HubProblem && error.problem.retry)
          ? count < 2
          : false,
    },
    mutations: { retry: false },
  },
});

hub.whenBack(() => void queries.invalidateQueries());
