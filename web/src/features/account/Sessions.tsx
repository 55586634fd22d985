import { Button, Skeleton } from '@mantine/core';
import { IconDeviceDesktop, IconDeviceMobile } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, done, unwrap } from '@/api/client';
import { dateTime, relative } from '@/shared/lib/format';
import { FaultNote } from '@/shared/ui/FaultNote';
import { deviceName } from './deviceName';
import { Section } from './Section';
import classes from './AccountPage.module.css';

const KEY = ['sessions'];

export function Sessions() {
  const { t } = useTranslation('account');
  const client = useQueryClient();
  const query = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => unwrap(api.GET('/api/auth/sessions', { signal })),
  });
  const end = useMutation({
    mutationFn: (id: string) => done(api.DELETE('/api/auth/sessions/{id}', { params: { path: { id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: KEY }),
  });

  return (
    <Section title={t('sessions.title')} body={t('sessions.body')}>
      {query.isError ? <FaultNote error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.isPending ? <Skeleton height={96} radius="md" /> : null}
      <ul className={classes.sessions}>
        {query.data?.items
          .filter((s) => !(end.isPending && end.variables === s.id))
          .map((s) => {
            const { name, phone } = deviceName(s.userAgent);
            const DeviceIcon = phone ? IconDeviceMobile : IconDeviceDesktop;
            return (
              <li key={s.id}>
                <DeviceIcon size={20} stroke={1.6} aria-hidden />
                <div>
                  <strong>{name ?? t('sessions.unknown')}</strong>
                  {s.current ? <em>{t('sessions.current')}</em> : null}
                  <p title={dateTime(s.lastSeenAt)}>
                    {t('sessions.seen', { when: relative(s.lastSeenAt) })}
                    {s.address ? ` · ${s.address}` : ''}
                  </p>
                </div>
                {s.current ? null : (
                  <Button size="compact-sm" variant="default" onClick={() => end.mutate(s.id)}>
                    {t('sessions.end')}
                  </Button>
                )}
              </li>
            );
          })}
      </ul>
    </Section>
  );
}
