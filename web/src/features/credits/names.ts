import type { TFunction } from 'i18next';
import type { Entry } from '@/api/types';

const SOURCES = ['plan', 'pack', 'promotion', 'adjustment', 'refund'] as const;
export const KINDS = ['grant', 'spend', 'expire', 'withdraw'] as const;

type T = TFunction<'credits'>;

/** A name the reader knows; a source this page does not know yet is shown as the server calls it. */
export function sourceName(t: T, source: string): string {
  const known = SOURCES.find((s) => s === source);
  return known ? t(`source.${known}`) : source;
}

/** What stands behind an entry. Spending is explained by its receipt, a grant by where it came from. */
export function entryNote(t: T, { kind, source, description }: Entry): string {
  if (kind === 'spend') return '';
  if (!source) return description ?? '';
  // Ids of plans and packages say nothing more; a reason that somebody gave does.
  return description && /\s/.test(description)
    ? `${sourceName(t, source)} · ${description}`
    : sourceName(t, source);
}

export function kindName(t: T, kind: string): string {
  const known = KINDS.find((k) => k === kind);
  return known ? t(`kind.${known}`) : kind;
}
