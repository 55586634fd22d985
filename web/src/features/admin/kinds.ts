import type { TFunction } from 'i18next';

const KINDS = ['speech', 'chat', 'embedding', 'image', 'video', 'transcription'] as const;

/** What a model or a provider makes, in words; a kind this page does not know yet as it is. */
export function kindName(t: TFunction<'admin'>, kind: string): string {
  const known = KINDS.find((k) => k === kind);
  return known ? t(`kind.${known}`) : kind;
}
