import { queryOptions } from '@tanstack/react-query';
import { api, unwrap } from '@/api/client';
import type { Subscription } from '@/api/types';

export const subscriptionQuery = queryOptions({
  queryKey: ['subscription'],
  queryFn: ({ signal }) => unwrap(api.GET('/api/subscription', { signal })),
});

/** There is none, or none any more: another may be begun. One that runs is changed instead. */
export const isOver = ({ status }: Pick<Subscription, 'status'>) =>
  ['none', 'canceled', 'expired', 'incomplete'].includes(status);
