import {
  infiniteQueryOptions,
  queryOptions,
  useMutation,
  useQueryClient,
  type InfiniteData,
  type QueryClient,
} from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, done, unwrap } from '@/api/client';
import { PAGES, pageQuery } from '@/api/pages';
import type { Audio, AudioPage } from '@/api/types';
import { fetchAudio } from '@/shared/generations/source';
import { player } from '@/shared/player/player';
import { faultText } from '@/shared/ui/faultText';
import { toast } from '@/shared/ui/toast';

export interface Filter {
  q?: string | undefined;
  tag?: string | undefined;
  sort?: string | undefined;
  bin?: boolean | undefined;
}

type Pages = InfiniteData<AudioPage, string | undefined>;
const LISTS = ['audios', 'list'] as const;

export const audiosQuery = (filter: Filter) =>
  infiniteQueryOptions({
    queryKey: [...LISTS, filter],
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET('/api/audios', {
          params: {
            query: pageQuery(
              pageParam,
              { q: filter.q, tag: filter.tag, sort: filter.sort, deleted: filter.bin },
              30,
            ),
          },
          signal,
        }),
      ),
    ...PAGES,
  });

export const audioQuery = (id: string) =>
  queryOptions({ queryKey: ['audios', 'one', id], queryFn: ({ signal }) => fetchAudio(id, signal) });

function changeLists(client: QueryClient, change: (items: Audio[]) => Audio[]) {
  client.setQueriesData<Pages>({ queryKey: LISTS }, (data) =>
    data ? { ...data, pages: data.pages.map((p) => ({ ...p, items: change(p.items) })) } : data,
  );
}

/** New title or tags: shown at once, taken back when refused. */
export function useUpdateAudio() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ...body }: { id: string; title?: string; tags?: string[] }) =>
      unwrap(api.PUT('/api/audios/{id}', { params: { path: { id } }, body })),
    onMutate: async ({ id, ...change }) => {
      await client.cancelQueries({ queryKey: ['audios'] });
      const before = client.getQueriesData<Pages>({ queryKey: LISTS });
      changeLists(client, (items) => items.map((a) => (a.id === id ? { ...a, ...change } : a)));
      const one = client.getQueryData(audioQuery(id).queryKey);
      if (one) client.setQueryData(audioQuery(id).queryKey, { ...one, ...change });
      return { before, one };
    },
    onError: (_e, { id }, kept) => {
      for (const [key, data] of kept?.before ?? []) client.setQueryData(key, data);
      if (kept?.one) client.setQueryData(audioQuery(id).queryKey, kept.one);
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['audios'] }),
  });
}

/** Into the bin, at once, with a way back. */
export function useBinAudio() {
  const client = useQueryClient();
  const { t } = useTranslation('library');
  const restore = useRestoreAudio();
  return async (audio: Audio) => {
    player.drop(audio.id);
    await client.cancelQueries({ queryKey: ['audios'] });
    const before = client.getQueriesData<Pages>({ queryKey: LISTS });
    changeLists(client, (items) => items.filter((a) => a.id !== audio.id));
    try {
      await done(api.DELETE('/api/audios/{id}', { params: { path: { id: audio.id } } }));
      toast({
        message: t('binned', { title: audio.title }),
        action: { label: t('undo', { ns: 'common' }), run: () => void restore(audio) },
      });
    } catch (e) {
      for (const [key, data] of before) client.setQueryData(key, data);
      toast({ message: faultText(e), tone: 'error' });
    }
    await client.invalidateQueries({ queryKey: ['audios'] });
  };
}

export function useRestoreAudio() {
  const client = useQueryClient();
  const { t } = useTranslation('library');
  return async (audio: Audio) => {
    try {
      await unwrap(api.POST('/api/audios/{id}/restore', { params: { path: { id: audio.id } } }));
      toast({ message: t('restored', { title: audio.title }) });
    } catch (e) {
      toast({ message: faultText(e), tone: 'error' });
    }
    await client.invalidateQueries({ queryKey: ['audios'] });
  };
}
