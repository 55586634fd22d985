import { Button, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, unwrap } from '@/api/client';
import { date } from '@/shared/lib/format';
import { FaultNote } from '@/shared/ui/FaultNote';
import { Section } from './Section';
import classes from './AccountPage.module.css';

const TotpModal = lazy(async () => ({ default: (await import('./TotpModal')).TotpModal }));

export type TotpTask = 'begin' | 'remove' | 'renew';

export function SecondFactor({ hasPassword }: { hasPassword: boolean }) {
  const { t } = useTranslation('account');
  const [task, setTask] = useState<TotpTask | null>(null);
  const query = useQuery({
    queryKey: ['totp'],
    queryFn: ({ signal }) => unwrap(api.GET('/api/auth/totp', { signal })),
  });
  const state = query.data;
  return (
    <Section title={t('totp.title')} body={t('totp.body')}>
      {query.isError ? <FaultNote error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.isPending ? <Skeleton height={36} radius="md" /> : null}
      {state ? (
        <div className={classes.row}>
          <span>
            {state.enabled && state.since ? t('totp.on', { date: date(state.since) }) : t('totp.off')}
            {state.enabled ? ` · ${t('totp.left', { count: state.recoveryCodesLeft })}` : null}
          </span>
          {state.enabled ? (
            <>
              <Button variant="default" size="compact-md" onClick={() => setTask('renew')}>
                {t('totp.renew')}
              </Button>
              <Button variant="default" size="compact-md" onClick={() => setTask('remove')}>
                {t('totp.remove')}
              </Button>
            </>
          ) : (
            <Button variant="default" size="compact-md" onClick={() => setTask('begin')}>
              {t('totp.begin')}
            </Button>
          )}
        </div>
      ) : null}
      {task ? (
        <Suspense>
          <TotpModal task={task} hasPassword={hasPassword} onClose={() => setTask(null)} />
        </Suspense>
      ) : null}
    </Section>
  );
}
