import { queryOptions, useQuery } from '@tanstack/react-query';
import { api, unwrap } from '@/api/client';
import { accessToken } from '@/api/session';
import { isPassing } from '@/shared/payments/payments';

/** Whether this tab can speak for somebody. Asked until the server can say: the token itself is nobody's data. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async () => (await accessToken()) !== null,
  retry: (_, e) => isPassing(e),
  retryDelay: (count) => Math.min(1000 * 2 ** count, 4000),
});

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
