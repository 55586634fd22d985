import { Badge, Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ApiKey } from '@/api/types';
import { credits, date, dateTime, num, relative } from '@/shared/lib/format';
import cards from '@/shared/ui/Cards.module.css';
import { isOver } from './keys';
import { scopeName } from './names';
import classes from './KeysPage.module.css';

interface Props {
  apiKey: ApiKey;
  onChange: () => void;
  onRevoke: () => void;
}

/** One key: how it looks, what it may do, and how much of its limit is used. */
export function KeyCard({ apiKey: k, onChange, onRevoke }: Props) {
  const { t } = useTranslation('keys');
  const over = isOver(k);
  const limit = k.creditLimit;
  const share = limit && limit.amount > 0 ? Math.min(1, limit.used / limit.amount) : 1;
  const paces = [
    k.rateLimit === null ? '' : t('rate', { count: k.rateLimit }),
    k.maxConcurrency === null ? '' : t('atOnce', { count: k.maxConcurrency }),
  ].filter((s) => s !== '');
  return (
    <li className={cards.card} data-over={over || undefined}>
      <div className={cards.head}>
        <strong>{k.name}</strong>
        <code>
          {k.prefix}…{k.last4}
        </code>
        {over ? (
          <Badge color="coral" variant="light" tt="none">
            {t('expired')}
          </Badge>
        ) : null}
        <span className={cards.actions}>
          <Button
            size="compact-sm"
            variant="default"
            onClick={onChange}
            aria-label={t('changeKey', { name: k.name })}
          >
            {t('change')}
          </Button>
          <Button
            size="compact-sm"
            variant="subtle"
            color="coral"
            onClick={onRevoke}
            aria-label={t('revokeKey', { name: k.name })}
          >
            {t('revoke')}
          </Button>
        </span>
      </div>
      <p className={cards.meta}>
        <span title={dateTime(k.createdAt)}>{t('made', { when: relative(k.createdAt) })}</span>
        <span {...(k.lastUsedAt ? { title: dateTime(k.lastUsedAt) } : {})}>
          {k.lastUsedAt ? t('lastUsed', { when: relative(k.lastUsedAt) }) : t('neverUsed')}
        </span>
        {k.expiresAt && !over ? (
          <span title={dateTime(k.expiresAt)}>{t('ends', { date: date(k.expiresAt) })}</span>
        ) : null}
        {paces.map((p) => (
          <span key={p}>{p}</span>
        ))}
      </p>
      <ul className={classes.chips} aria-label={t('field.scopes')}>
        {k.scopes.map((s) => (
          <li key={s}>{scopeName(t, s)}</li>
        ))}
        {k.models ? (
          <li data-models title={k.models.join(', ')}>
            {k.models.length <= 2 ? k.models.join(', ') : t('models', { count: k.models.length })}
          </li>
        ) : null}
      </ul>
      {limit ? (
        <div className={classes.limit}>
          <span
            className={classes.gauge}
            role="meter"
            aria-label={t('limit')}
            aria-valuemin={0}
            aria-valuemax={limit.amount}
            aria-valuenow={Math.min(limit.used, limit.amount)}
            aria-valuetext={t(`limit.${limit.window}`, { used: num(limit.used), amount: num(limit.amount) })}
            data-full={share >= 1 || undefined}
          >
            <i style={{ transform: `scaleX(${share})` }} />
          </span>
          <span className="tnum">
            {t(`limit.${limit.window}`, { used: credits(limit.used), amount: credits(limit.amount) })}
          </span>
        </div>
      ) : null}
    </li>
  );
}
