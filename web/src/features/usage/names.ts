import type { TFunction } from 'i18next';
import type { UsageUnits } from '@/api/types';
import { num } from '@/shared/lib/format';
import { KINDS } from './usage';

type T = TFunction<'usage'>;

/** A name the reader knows; a kind this page does not know yet is shown as the server calls it. */
export function kindName(t: T, kind: string): string {
  const known = KINDS.find((k) => k === kind);
  return known ? t(`kind.${known}`) : kind;
}

/** The amounts that are not zero, in words. */
export function amounts(t: T, units: UsageUnits, tokens: { input: number; output: number }): string {
  return [
    units.characters > 0 ? t('amount.characters', { count: units.characters }) : '',
    tokens.input + tokens.output > 0
      ? t('amount.tokens', { input: num(tokens.input), output: num(tokens.output) })
      : '',
    units.pieces > 0 ? t('amount.pieces', { count: units.pieces }) : '',
    units.seconds > 0
      ? t('amount.seconds', { seconds: num(units.seconds, { maximumFractionDigits: 1 }) })
      : '',
  ]
    .filter((s) => s !== '')
    .join(' · ');
}
