import { useTranslation } from 'react-i18next';
import type { Usage } from '@/api/types';
import { credits, exactCredits, num } from '@/shared/lib/format';
import { knowsCost, money } from './usage';
import classes from './UsagePage.module.css';

/** The sums of the span. Cost and margin are there when the server tells them: to administrators. */
export function Tiles({ total }: { total: Usage }) {
  const { t } = useTranslation('usage');
  const tokens = total.tokens.input + total.tokens.output;
  return (
    <dl className={classes.tiles}>
      <div>
        <dt>{t('tile.credits')}</dt>
        <dd className="tnum" title={exactCredits(total.credits)}>
          {credits(total.credits)}
        </dd>
      </div>
      <div>
        <dt>{t('tile.calls')}</dt>
        <dd className="tnum">{num(total.count)}</dd>
        {total.ownKeyCount > 0 ? <dd data-note>{t('tile.ownKey', { count: total.ownKeyCount })}</dd> : null}
      </div>
      {tokens > 0 ? (
        <div>
          <dt>{t('tile.tokens')}</dt>
          <dd className="tnum">{num(tokens, { notation: 'compact', maximumFractionDigits: 1 })}</dd>
          {total.tokens.cached > 0 ? (
            <dd data-note>
              {t('tile.cached', {
                share: num(total.tokens.cached / total.tokens.input, { style: 'percent' }),
              })}
            </dd>
          ) : null}
        </div>
      ) : null}
      {total.units.characters > 0 ? (
        <div>
          <dt>{t('tile.characters')}</dt>
          <dd className="tnum">{num(total.units.characters)}</dd>
        </div>
      ) : null}
      {typeof total.costUsd === 'number' ? (
        <div>
          <dt>{t('tile.cost')}</dt>
          <dd className="tnum">{money(total, total.costUsd)}</dd>
          {total.unknownCosts ? <dd data-note>{t('tile.unknown', { count: total.unknownCosts })}</dd> : null}
        </div>
      ) : null}
      {typeof total.marginUsd === 'number' ? (
        <div data-loss={(total.marginUsd < 0 && knowsCost(total)) || undefined}>
          <dt>{t('tile.margin')}</dt>
          <dd className="tnum">{money(total, total.marginUsd)}</dd>
        </div>
      ) : null}
    </dl>
  );
}
