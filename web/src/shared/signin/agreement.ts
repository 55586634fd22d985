import { queryOptions } from '@tanstack/react-query';
import { api, unwrap } from '@/api/client';

/** What making an account agrees to; without an answer the form stands without links. */
export const agreementInForceQuery = queryOptions({
  queryKey: ['agreement', 'in force'],
  queryFn: ({ signal }) => unwrap(api.GET('/api/auth/agreement', { signal })),
  staleTime: 60 * 60_000,
});
