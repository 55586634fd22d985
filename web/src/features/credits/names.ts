import type { TFunction } from 'i18next';

const SOURCES = ['plan', 'pack', 'promotion', 'adjustment', 'refund'] as const;
export const KINDS = ['grant', 'spend', 'expire', 'withdraw'] as const;

type T = TFunction<'credits'>;

/** A name the reader knows; a source this page does not know yet is shown as the server calls it. */
export function sourceName(t: T, source: string): string {
  const known = SOURCES.find((s) => s === source);
  return known ? t(`source.${known}`) : source;
}

export function kindName(t: T, kind: string): string {
  const known = KINDS.find((k) => k === kind);
  return known ? t(`kind.${known}`) : kind;
}
