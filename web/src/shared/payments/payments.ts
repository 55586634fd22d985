import { infiniteQueryOptions, queryOptions, useMutation } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { createIntent } from '@/api/idempotency';
import { api, ApiError, unwrap } from '@/api/client';
import { PAGES, pageQuery } from '@/api/pages';
import type { Order } from '@/api/types';
import { leave } from '@/shared/lib/leave';

export const packagesQuery = queryOptions({
  queryKey: ['packages'],
  queryFn: ({ signal }) => unwrap(api.GET('/api/packages', { signal })),
  staleTime: 60_000,
});

export const orderQuery = (id: string) =>
  queryOptions({
    queryKey: ['payments', 'orders', id],
    queryFn: ({ signal }) =>
      unwrap(api.GET('/api/payments/orders/{id}', { params: { path: { id } }, signal })),
  });

export const purchasesQuery = infiniteQueryOptions({
  queryKey: ['payments', 'purchases'],
  queryFn: ({ pageParam, signal }) =>
    unwrap(
      api.GET('/api/user/purchases', {
        params: { query: pageQuery(pageParam, {}) },
        signal,
      }),
    ),
  ...PAGES,
});

export interface Wanted {
  packageId?: string;
  planId?: string;
}

const intent = createIntent();

/** Opens an order and goes to the page where it is paid. Asked twice after an unclear end, it is one order. */
export function useBuy() {
  return useMutation({
    meta: { quiet: true },
    mutationFn: async ({ provider, ...body }: Wanted & { provider: string }): Promise<Opened> => {
      const header = { 'Idempotency-Key': intent.keyFor({ provider, ...body }) };
      if (provider === 'creem')
        return unwrap(api.POST('/api/payments/creem-advanced', { body, params: { header } }));
      return unwrap(api.POST('/api/payments/stripe', { body, params: { header } }));
    },
    onSettled: (_, error) => intent.ended(error ?? undefined),
    onSuccess: ({ checkoutUrl, because }) => {
      if (!because) leave(checkoutUrl);
    },
  });
}

interface Opened {
  checkoutUrl: string;
  /** Why it was sold in a simpler way: to be read before going there. */
  because?: string | null;
}

const PROVIDERS: Readonly<Record<string, string>> = { stripe: 'Stripe', creem: 'Creem' };
export const providerName = (provider: string) => PROVIDERS[provider] ?? provider;

export const STATES = [
  'created',
  'pending',
  'awaiting',
  'paid',
  'failed',
  'expired',
  'canceled',
  'partlyRefunded',
  'refunded',
  'disputed',
  'chargedBack',
] as const;

/** The reader's word for a state; one this page does not know yet is shown as the server calls it. */
export function stateName(t: TFunction<'purchases'>, state: string): string {
  const known = STATES.find((s) => s === state);
  return known ? t(`order.${known}`) : state;
}

/** Good, bad, or still open. */
export function stateColor(state: string): 'jade' | 'coral' | 'gray' {
  if (state === 'paid') return 'jade';
  return ['failed', 'disputed', 'chargedBack', 'refunded'].includes(state) ? 'coral' : 'gray';
}

/** The buyer came back and the money has not been told yet. */
export const isOpen = ({ state }: Pick<Order, 'state'>) => state === 'created' || state === 'pending';

/** The server, or the way to it, is away for a moment: asking again is all there is to do. */
export const isPassing = (error: unknown) =>
  !(error instanceof ApiError) || error.status >= 500 || error.status === 429;
