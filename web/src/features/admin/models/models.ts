import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { api, unwrap } from '@/api/client';
import type { AdminModel, ModelChange } from '@/api/types';
import { num } from '@/shared/lib/format';
import { toast } from '@/shared/ui/toast';

const KEY = ['admin', 'models'];
const UNITS = [
  'character',
  'second',
  'input-token',
  'cached-token',
  'output-token',
  'image',
  'video',
] as const;

/** The whole catalog: some hundreds of models at most, filtered here. */
export const modelsQuery = queryOptions({
  queryKey: KEY,
  queryFn: async ({ signal }) => {
    const all: AdminModel[] = [];
    let cursor: string | null | undefined;
    do {
      const page = await unwrap(
        api.GET('/api/admin/models', {
          params: { query: { limit: 100, ...(cursor ? { cursor } : {}) } },
          signal,
        }),
      );
      all.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor);
    return all;
  },
});

export const versionsQuery = (id: string) =>
  queryOptions({
    queryKey: [...KEY, id, 'versions'],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET('/api/admin/models/{id}/versions', {
          params: { path: { id }, query: { limit: 10 } },
          signal,
        }),
      ),
  });

/** Sends what an administrator decided, and puts the answer into the list. */
export function useChangeModel({ quiet = false } = {}) {
  const client = useQueryClient();
  return useMutation({
    meta: { quiet },
    mutationFn: ({ id, ...body }: { id: string } & ModelChange) =>
      unwrap(api.PUT('/api/admin/models/{id}', { params: { path: { id } }, body })),
    onSuccess: (fresh) => {
      client.setQueryData(modelsQuery.queryKey, (all) => all?.map((m) => (m.id === fresh.id ? fresh : m)));
    },
    onSettled: () => client.invalidateQueries({ queryKey: KEY }),
  });
}

/** On or off: done at once, with a way back. */
export function useSwitchModel() {
  const { t } = useTranslation('admin');
  const { t: tc } = useTranslation();
  const change = useChangeModel();
  const set = (id: string, disabled: boolean, back: boolean) =>
    change.mutate(
      { id, disabled },
      {
        onSuccess: () =>
          toast({
            id: `model-${id}`,
            message: t(disabled ? 'models.isOff' : 'models.isOn', { id }),
            ...(back ? { action: { label: tc('undo'), run: () => set(id, !disabled, false) } } : {}),
          }),
      },
    );
  return { set: (id: string, disabled: boolean) => set(id, disabled, true), sent: change };
}

/** "1,000 characters", and what a newer server sells by as it is. */
export function unitText(t: TFunction<'admin'>, unit: string, per: number): string {
  const known = UNITS.find((u) => u === unit);
  return known ? t(`unit.${known}`, { count: per }) : `${num(per)} ${unit}`;
}

/** What a price is for besides its unit: a size, a quality, longer prompts. Empty: whatever has no price of its own. */
export const partOf = (
  t: TFunction<'admin'>,
  p: { size?: string | null; quality?: string | null; above?: number | null },
): string =>
  [p.size, p.quality, p.above ? t('unit.above', { count: p.above }) : null].filter(Boolean).join(' · ');

/** What stays of a price, as a share; null when the cost is not known. */
export const marginOf = (credits: number, creditUsd: number, costUsd: number | null): number | null =>
  costUsd === null || !(credits * creditUsd > 0) ? null : 1 - costUsd / (credits * creditUsd);

export const percent = (share: number | null) =>
  share === null ? '—' : num(share, { style: 'percent', maximumFractionDigits: 0 });
