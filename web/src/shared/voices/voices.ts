import { queryOptions } from '@tanstack/react-query';
import { api, unwrap } from '@/api/client';
import type { Voice } from '@/api/types';
import { currentLang } from '@/i18n';

/** All voices on offer. Names and descriptions come in the reader's language. */
export const voicesQuery = () =>
  queryOptions({
    queryKey: ['voices', currentLang()],
    queryFn: ({ signal }) => unwrap(api.GET('/api/voices', { signal })),
    staleTime: 10 * 60_000,
  });

/** A stable colour per voice, from its id, spread around the wheel. */
export function voiceHue(id: string): number {
  let h = 2166136261;
  for (let i = 0; i < id.length; i++) h = Math.imul(h ^ id.charCodeAt(i), 16777619);
  return (h >>> 0) % 360;
}

export interface LanguageGroup {
  language: string;
  voices: Voice[];
}

/** Voices by language, in the order the server presents them. */
export function byLanguage(voices: readonly Voice[]): LanguageGroup[] {
  const groups = new Map<string, Voice[]>();
  for (const v of voices) {
    const group = groups.get(v.language);
    if (group) group.push(v);
    else groups.set(v.language, [v]);
  }
  return [...groups].map(([language, list]) => ({ language, voices: list }));
}
