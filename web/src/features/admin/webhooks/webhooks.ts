import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, unwrap } from '@/api/client';
import { PAGES, pageQuery } from '@/api/pages';
import { toast } from '@/shared/ui/toast';

const KEY = ['admin', 'webhooks'];

export const WEBHOOK_STATES = ['waiting', 'applied', 'nothing', 'refused'] as const;
export type WebhookState = (typeof WEBHOOK_STATES)[number];

/** Undefined for a state this page does not know yet. */
export const eventState = (state: string) => WEBHOOK_STATES.find((s) => s === state);

export const webhooksQuery = ({ state }: { state?: WebhookState | undefined }) =>
  infiniteQueryOptions({
    queryKey: [...KEY, 'list', { state }],
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET('/api/admin/webhooks', {
          params: {
            query: pageQuery(pageParam, { state }),
          },
          signal,
        }),
      ),
    ...PAGES,
  });

export const bodyQuery = (id: string) =>
  queryOptions({
    queryKey: [...KEY, 'body', id],
    queryFn: ({ signal }) =>
      unwrap(api.GET('/api/admin/webhooks/{id}', { params: { path: { id } }, signal })),
  });

export const infoQuery = queryOptions({
  queryKey: [...KEY, 'info'],
  queryFn: ({ signal }) => unwrap(api.GET('/api/webhook-info', { signal })),
});

/** Gives a sale that names nobody to its buyer; the order is written down, paid. */
export function useAssign(id: string) {
  const { t } = useTranslation('orders');
  const client = useQueryClient();
  return useMutation({
    meta: { quiet: true },
    mutationFn: (body: { userId: string; reason: string }) =>
      unwrap(api.POST('/api/admin/webhooks/{id}/assign', { params: { path: { id } }, body })),
    onSuccess: () => toast({ message: t('webhooks.assigned') }),
    onSettled: () => client.invalidateQueries({ queryKey: ['admin'] }),
  });
}

/** Drives an event again; what took effect takes none a second time. */
export function useReplay(id: string) {
  const { t } = useTranslation('orders');
  const client = useQueryClient();
  return useMutation({
    meta: { quiet: true },
    mutationFn: () => unwrap(api.POST('/api/admin/webhooks/{id}/replay', { params: { path: { id } } })),
    onSuccess: ({ state }) => {
      const known = eventState(state);
      toast({ message: t('webhooks.replayed', { state: known ? t(`webhooks.${known}`) : state }) });
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['admin'] }),
  });
}
