import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { dateTime, relative } from '@/shared/lib/format';
import { FaultNote } from '@/shared/ui/FaultNote';
import { event } from './names';
import { eventsQuery } from './providers';
import classes from './ProvidersPage.module.css';

/** What happened to the keys of late. */
export function Events({ provider }: { provider: string }) {
  const { t } = useTranslation('admin');
  const list = useQuery(eventsQuery(provider));
  return (
    <section aria-label={t('events.title')}>
      <div className={classes.sectionHead}>
        <h2>{t('events.title')}</h2>
      </div>
      {list.isError ? <FaultNote error={list.error} onRetry={() => void list.refetch()} /> : null}
      {list.data?.items.length === 0 ? <p className={classes.quiet}>{t('events.none')}</p> : null}
      <ol className={classes.events}>
        {list.data?.items.map((e) => (
          <li key={`${e.at}/${e.keyId}/${e.what}`}>
            <time dateTime={e.at} title={dateTime(e.at)}>
              {relative(e.at)}
            </time>
            <div>
              {e.key}: {event(t, e.what)}
              {e.detail ? <p>{e.detail}</p> : null}
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}
