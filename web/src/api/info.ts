import { useQuery } from '@tanstack/react-query';
import { answer, api } from './client';

/** What anybody may know of this hub; undefined until it has answered. */
export function useHubInfo() {
  return useQuery({
    queryKey: ['hub'],
    queryFn: () => answer(api.GET('/api/v1/hub')),
    staleTime: 300_000,
  }).data;
}
