import { infiniteQueryOptions } from '@tanstack/react-query';
import { api, unwrap } from '@/api/client';
import { PAGES, pageQuery } from '@/api/pages';

/** Names to offer while typing; the server knows more, those described by files among them. */
export const KNOWN = ['openai', 'elevenlabs', 'tencent', 'runway', 'synthesia', 'kie'];

export const LIST = ['provider-keys'];

export const providerKeysQuery = infiniteQueryOptions({
  queryKey: LIST,
  queryFn: ({ pageParam, signal }) =>
    unwrap(
      api.GET('/api/keys', {
        params: { query: pageQuery(pageParam, {}) },
        signal,
      }),
    ),
  ...PAGES,
});
