import { queryOptions } from '@tanstack/react-query';
import { api, unwrap } from '@/api/client';
import { currentLang } from '@/i18n';

/**
 * All voices on offer; or those the reader can use with provider keys of their own. Names and descriptions come in the reader's
 * language.
 */
export const voicesQuery = (ownKey = false) =>
  queryOptions({
    queryKey: ['voices', currentLang(), ownKey],
    queryFn: async ({ signal }) => {
      const voices = [];
      let cursor: string | null | undefined;
      do {
        const page = await unwrap(
          api.GET('/api/voices', {
            signal,
            params: {
              query: { limit: 100, ...(ownKey ? { ownKey } : {}), ...(cursor ? { cursor } : {}) },
            },
          }),
        );
        voices.push(...page.items);
        cursor = page.nextCursor;
      } while (cursor);
      return voices;
    },
    staleTime: 10 * 60_000,
  });

/** A stable colour per voice, from its id, spread around the wheel. */
export function voiceHue(id: string): number {
  let h = 2166136261;
  for (let i = 0; i < id.length; i++) h = Math.imul(h ^ id.charCodeAt(i), 16777619);
  // short ids that differ in a letter must not end up the same shade: stir the bits once more
  h = Math.imul(h ^ (h >>> 15), 2246822507);
  h = Math.imul(h ^ (h >>> 13), 3266489909);
  return ((h ^ (h >>> 16)) >>> 0) % 360;
}
