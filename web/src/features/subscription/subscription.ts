import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/api/client';
import { newIdempotencyKey } from '@/api/idempotency';
import { leave } from '@/shared/lib/leave';
import { subscriptionQuery } from '@/shared/payments/subscription';

export type Deed = { deed: 'cancel' } | { deed: 'resume' } | { deed: 'change'; planId: string };

/** Each answers with the subscription as it stands afterwards. */
export function useSubscriptionDeed() {
  const client = useQueryClient();
  return useMutation({
    meta: { quiet: true },
    mutationFn: (d: Deed) => {
      switch (d.deed) {
        case 'cancel':
          return unwrap(api.DELETE('/api/subscription'));
        case 'resume':
          return unwrap(api.POST('/api/subscription/resume'));
        case 'change':
          return unwrap(
            api.POST('/api/subscription', {
              body: { planId: d.planId },
              params: { header: { 'Idempotency-Key': newIdempotencyKey() } },
            }),
          );
      }
    },
    onSuccess: (now) => client.setQueryData(subscriptionQuery.queryKey, now),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['credits'] }),
        client.invalidateQueries({ queryKey: ['me'] }),
      ]),
  });
}

/** The provider's own page for cards and invoices. */
export function usePortal() {
  return useMutation({
    meta: { quiet: true },
    mutationFn: () => unwrap(api.POST('/api/subscription/portal')),
    onSuccess: ({ url }) => leave(url),
  });
}

export const STATUSES = [
  'incomplete',
  'trialing',
  'active',
  'pastDue',
  'unpaid',
  'paused',
  'canceled',
  'expired',
] as const;
