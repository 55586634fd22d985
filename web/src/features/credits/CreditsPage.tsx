import { Button, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { creditsQuery } from '@/shared/hooks/useSession';
import { credits, date, exactCredits } from '@/shared/lib/format';
import { FaultNote } from '@/shared/ui/FaultNote';
import { Sheet } from '@/shared/ui/Sheet';
import { Entries } from './Entries';
import { sourceName } from './names';
import classes from './CreditsPage.module.css';

export function CreditsPage() {
  const { t } = useTranslation('credits');
  const query = useQuery(creditsQuery);
  const balance = query.data;
  return (
    <Sheet
      title={t('title')}
      subtitle={t('subtitle')}
      action={
        <Button component={Link} to="/pricing">
          {t('buy')}
        </Button>
      }
    >
      {query.isError ? <FaultNote error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.isPending ? <Skeleton height={120} radius="lg" /> : null}
      {balance ? (
        <>
          <dl className={classes.figures}>
            <div data-main>
              <dt>{t('remaining')}</dt>
              <dd className="tnum" title={exactCredits(balance.remainingCredits)}>
                {credits(balance.remainingCredits)}
              </dd>
            </div>
            <div>
              <dt>{t('used')}</dt>
              <dd className="tnum">{credits(balance.usedCredits)}</dd>
            </div>
            <div>
              <dt title={t('heldHint')}>{t('held')}</dt>
              <dd className="tnum">{credits(balance.heldCredits)}</dd>
            </div>
            {balance.debt > 0 ? (
              <div data-debt>
                <dt>{t('debt')}</dt>
                <dd className="tnum">{credits(balance.debt)}</dd>
              </div>
            ) : null}
          </dl>
          <section className={classes.grants} aria-labelledby="grants">
            <h2 id="grants">{t('grants')}</h2>
            {balance.grants.length === 0 ? <p>{t('grants.none')}</p> : null}
            <ul>
              {balance.grants.map((g) => (
                <li key={g.id}>
                  <div>
                    <strong>{sourceName(t, g.source)}</strong>
                    <span>
                      {g.expiresAt ? t('grants.until', { date: date(g.expiresAt) }) : t('grants.forever')}
                    </span>
                  </div>
                  <span className={classes.gauge} aria-hidden>
                    <i style={{ transform: `scaleX(${g.total > 0 ? g.remaining / g.total : 0})` }} />
                  </span>
                  <p className="tnum">
                    {t('grants.left', { left: credits(g.remaining), total: credits(g.total) })}
                  </p>
                </li>
              ))}
            </ul>
          </section>
        </>
      ) : null}
      <Entries />
    </Sheet>
  );
}
