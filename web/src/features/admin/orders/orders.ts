import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '@/api/client';
import { PAGES, pageQuery } from '@/api/pages';

export interface OrderFilter {
  state?: string | undefined;
  provider?: string | undefined;
  user?: string | undefined;
}

const KEY = ['admin', 'orders'];

export const ordersQuery = ({ state, provider, user }: OrderFilter) =>
  infiniteQueryOptions({
    queryKey: [...KEY, { state, provider, user }],
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET('/api/admin/orders', {
          params: {
            query: pageQuery(pageParam, { state, provider, userId: user }),
          },
          signal,
        }),
      ),
    ...PAGES,
  });

/** Events that found no order, newest first: the money somebody may be asking for. */
export const strayQuery = queryOptions({
  queryKey: ['admin', 'webhooks', 'stray'],
  queryFn: async ({ signal }) => {
    const [refused, waiting] = await Promise.all(
      (['refused', 'waiting'] as const).map((state) =>
        unwrap(api.GET('/api/admin/webhooks', { params: { query: { limit: 50, state } }, signal })),
      ),
    );
    return [...(refused?.items ?? []), ...(waiting?.items ?? [])];
  },
});

/** Disputes of an order, newest first. */
export const disputesQuery = (orderId: string) =>
  queryOptions({
    queryKey: [...KEY, 'disputes', orderId],
    queryFn: ({ signal }) =>
      unwrap(api.GET('/api/admin/disputes', { params: { query: { orderId } }, signal })),
  });

/** Says how a dispute ended whose provider does not tell. */
export function useDecide() {
  const client = useQueryClient();
  return useMutation({
    meta: { quiet: true },
    mutationFn: ({
      provider,
      id,
      ...body
    }: {
      provider: string;
      id: string;
      outcome: string;
      reason: string;
    }) =>
      unwrap(api.POST('/api/admin/disputes/{provider}/{id}', { params: { path: { provider, id } }, body })),
    onSettled: () => client.invalidateQueries({ queryKey: ['admin'] }),
  });
}

/** What was paid for a subscription, newest period first. */
export const periodsQuery = (subscriptionId: string) =>
  queryOptions({
    queryKey: [...KEY, 'periods', subscriptionId],
    queryFn: ({ signal }) =>
      unwrap(api.GET('/api/admin/payments', { params: { query: { subscriptionId } }, signal })),
  });

/** Gives one payment back, of a package or of a period. */
export function useRefund() {
  const client = useQueryClient();
  return useMutation({
    meta: { quiet: true },
    mutationFn: ({ id, reason, amount }: { id: string; reason: string; amount: number | null }) =>
      unwrap(
        api.POST('/api/admin/payments/{id}/refund', { params: { path: { id } }, body: { reason, amount } }),
      ),
    onSettled: () => client.invalidateQueries({ queryKey: ['admin'] }),
  });
}

export type Tool =
  | { tool: 'grant'; reason: string }
  | { tool: 'refund'; reason: string; amount: number | null }
  | { tool: 'match'; webhookId: string };

/** The tools of the operator: each answers with the order as it stands afterwards. */
export function useOrderTool(id: string) {
  const client = useQueryClient();
  return useMutation({
    meta: { quiet: true },
    mutationFn: (use: Tool) => {
      const params = { path: { id } };
      switch (use.tool) {
        case 'grant':
          return unwrap(api.POST('/api/admin/orders/{id}/grant', { params, body: { reason: use.reason } }));
        case 'refund':
          return unwrap(
            api.POST('/api/admin/orders/{id}/refund', {
              params,
              body: { reason: use.reason, amount: use.amount },
            }),
          );
        case 'match':
          return unwrap(
            api.POST('/api/admin/orders/{id}/match', { params, body: { webhookId: use.webhookId } }),
          );
      }
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['admin'] }),
  });
}
