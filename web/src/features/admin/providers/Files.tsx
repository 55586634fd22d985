import { Badge } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { dateTime, relative } from '@/shared/lib/format';
import { filesQuery } from './providers';
import classes from './ProvidersPage.module.css';

const COLORS = { active: 'jade', needsKey: 'gray', outdated: 'coral', refused: 'coral' } as const;

/** Providers that come from files: those in force, and what is wrong with the others, line by line. */
export function Files() {
  const { t } = useTranslation('admin');
  const { data } = useQuery(filesQuery);
  if (!data || data.items.length === 0) return null;
  const broken = data.items.filter((f) => f.state !== 'active' || f.problems.length > 0);
  return (
    <details className={classes.files} open={broken.length > 0 || undefined}>
      <summary>
        {t('files.title', { count: data.items.length })}
        {broken.length > 0 ? (
          <Badge size="sm" tt="none" variant="light" color="coral">
            {t('files.broken', { count: broken.length })}
          </Badge>
        ) : null}
      </summary>
      <ul>
        {data.items.map((f) => (
          <li key={f.name}>
            <code>{f.file}</code>
            <Badge size="sm" tt="none" variant="light" color={COLORS[f.state]}>
              {t(`fileState.${f.state}`)}
            </Badge>
            <time dateTime={f.since} title={dateTime(f.since)}>
              {t('files.read', { when: relative(f.since) })}
            </time>
            {f.problems.length > 0 ? (
              <ol>
                {f.problems.map((p) => (
                  <li key={p}>{p}</li>
                ))}
              </ol>
            ) : null}
          </li>
        ))}
      </ul>
    </details>
  );
}
