import type { Voice } from '@/api/types';

/** The family of a language tag: "en-gb" and "en-us" are both English. Mandarin goes under Chinese. */
export function family(tag: string): string {
  const primary = tag.toLowerCase().split('-')[0] ?? tag;
  return primary === 'cmn' ? 'zh' : primary;
}

/** Marks a voice that speaks whatever language the text is in. */
export const ANY = 'mul';

/** Language families in the order the server presents its voices. */
export const families = (voices: readonly Voice[]) => [...new Set(voices.map((v) => family(v.language)))];

/** A search looks through all languages; without one the chosen language decides. */
export function filterVoices(voices: readonly Voice[], q: string, language: string | null): Voice[] {
  const needle = q.trim().toLowerCase();
  if (needle === '') {
    return voices.filter((v) => language === null || v.language === ANY || family(v.language) === language);
  }
  return voices.filter((v) =>
    `${v.name} ${v.language} ${v.description} ${v.gender} ${v.provider}`.toLowerCase().includes(needle),
  );
}

/** Names that several voices of a list share: there the model tells them apart. */
export function namesakes(voices: readonly Voice[]): ReadonlySet<string> {
  const [once, again] = [new Set<string>(), new Set<string>()];
  for (const { name } of voices) (once.has(name) ? again : once).add(name);
  return again;
}

export const genderOf = (v: Voice) => (['female', 'male'] as const).find((g) => g === v.gender) ?? 'neutral';

/** The voice to begin with: the first one of the reader's own language. */
export const defaultVoice = (voices: readonly Voice[], readerLang: string) =>
  voices.find((v) => family(v.language) === family(readerLang)) ?? voices[0];
