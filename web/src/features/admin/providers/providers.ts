import { queryOptions } from '@tanstack/react-query';
import { api, unwrap } from '@/api/client';
import type { AdminProvider } from '@/api/types';

/** Health changes while one looks. */
const LIVE = 5_000;

export const KEY = ['admin', 'providers'];

/** Some dozens of providers at most: all of them, however the server pages. */
export const providersQuery = queryOptions({
  queryKey: KEY,
  refetchInterval: LIVE,
  queryFn: async ({ signal }) => {
    const all: AdminProvider[] = [];
    let cursor: string | null | undefined;
    do {
      const page = await unwrap(
        api.GET('/api/admin/providers', {
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

export const keysQuery = (name: string) =>
  queryOptions({
    queryKey: [...KEY, name, 'keys'],
    refetchInterval: LIVE,
    queryFn: ({ signal }) =>
      unwrap(
        api.GET('/api/admin/providers/{name}/keys', {
          params: { path: { name }, query: { limit: 100 } },
          signal,
        }),
      ),
  });

export const eventsQuery = (name: string) =>
  queryOptions({
    queryKey: [...KEY, name, 'events'],
    refetchInterval: LIVE,
    queryFn: ({ signal }) =>
      unwrap(
        api.GET('/api/admin/providers/{name}/events', {
          params: { path: { name }, query: { limit: 20 } },
          signal,
        }),
      ),
  });

/** The files that describe providers, and what is wrong with them. */
export const filesQuery = queryOptions({
  queryKey: [...KEY, 'files'],
  refetchInterval: LIVE,
  queryFn: ({ signal }) =>
    unwrap(api.GET('/api/admin/provider-files', { params: { query: { limit: 100 } }, signal })),
});

export const costsQuery = queryOptions({
  queryKey: ['admin', 'costs'],
  refetchInterval: 60_000,
  queryFn: ({ signal }) => unwrap(api.GET('/api/admin/costs', { signal })),
});
