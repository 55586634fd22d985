import { queryOptions } from '@tanstack/react-query';
import { api, unwrap } from '@/api/client';
import type { AdminModel } from '@/api/types';

/** The whole catalog: some hundreds of models at most, filtered here. */
export const modelsQuery = queryOptions({
  queryKey: ['admin', 'models'],
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
