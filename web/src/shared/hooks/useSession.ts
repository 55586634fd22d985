import { queryOptions, useQuery } from '@tanstack/react-query';
import { api, unwrap } from '@/api/client';

/** Who is signed in. */
export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => unwrap(api.GET('/api/auth/me', { signal })),
  staleTime: 5 * 60_000,
});

/** What is left to spend. Anything that spends invalidates it. */
export const creditsQuery = queryOptions({
  queryKey: ['credits', 'balance'],
  queryFn: ({ signal }) => unwrap(api.GET('/api/credits', { signal })),
});

export const useMe = () => useQuery(meQuery).data;
export const useCredits = () => useQuery(creditsQuery).data;
