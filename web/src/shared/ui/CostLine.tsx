import { useTranslation } from 'react-i18next';
import type { Quote } from '@/api/types';
import { credits } from '@/shared/lib/format';
import classes from './CostLine.module.css';

interface Props {
  quote: Quote | undefined;
  balance: number | undefined;
  /** Shown while there is nothing to price. */
  empty: string;
  settling?: boolean;
}

/** The price before the button, and what would be left after it. */
export function CostLine({ quote, balance, empty, settling }: Props) {
  const { t } = useTranslation();
  const after = quote && balance !== undefined ? balance - quote.credits : undefined;
  const short = after !== undefined && after < 0;
  const own = quote?.lines.some((l) => l.ownKey) ?? false;
  const reused = quote?.lines.filter((l) => l.cached).reduce((n, l) => n + l.units, 0) ?? 0;
  return (
    <div className={classes.root} aria-live="polite" data-settling={settling || undefined}>
      {quote ? (
        <>
          <strong className="tnum">{t('credits.amount', { credits: credits(quote.credits) })}</strong>
          {own ? (
            <span className={classes.reused}>{t('cost.own')}</span>
          ) : short ? (
            <span className={classes.short}>{t('cost.short', { credits: credits(-after) })}</span>
          ) : after === undefined ? null : (
            <span className="tnum">{t('cost.after', { credits: credits(after) })}</span>
          )}
          {reused > 0 ? <span className={classes.reused}>{t('cost.reused', { count: reused })}</span> : null}
        </>
      ) : (
        <span>{empty}</span>
      )}
    </div>
  );
}
