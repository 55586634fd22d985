import { Button, Skeleton } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, done, unwrap } from '@/api/client';
import { dateTime, relative } from '@/shared/lib/format';
import { ProviderIcon, providersQuery } from '@/shared/signin/providers';
import { FaultNote } from '@/shared/ui/FaultNote';
import { identitiesQuery } from './ProofNote';
import { Section } from './Section';
import classes from './AccountPage.module.css';

/** Whom the user may sign in as elsewhere. Absent where no provider is set up and none was ever linked. */
export function Identities() {
  const { t } = useTranslation('account');
  const client = useQueryClient();
  const providers = useQuery(providersQuery).data?.items ?? [];
  const query = useQuery(identitiesQuery);
  const unlink = useMutation({
    mutationFn: (id: string) => done(api.DELETE('/api/auth/identities/{id}', { params: { path: { id } } })),
    meta: { quiet: true },
    onSettled: () => client.invalidateQueries(identitiesQuery),
  });
  const link = useMutation({
    mutationFn: (provider: string) =>
      unwrap(
        api.POST('/api/auth/oauth/{provider}/link', {
          params: { path: { provider } },
          body: { returnTo: '/account' },
        }),
      ),
    meta: { quiet: true },
    onSuccess: ({ url }) => location.assign(url),
  });
  const linked = query.data?.items ?? [];
  const free = providers.filter((p) => !linked.some((i) => i.provider === p.name));
  if (providers.length === 0 && linked.length === 0) return null;

  return (
    <Section title={t('identities.title')} body={t('identities.body')}>
      {query.isError ? <FaultNote error={query.error} onRetry={() => void query.refetch()} /> : null}
      {unlink.isError ? <FaultNote error={unlink.error} /> : null}
      {link.isError ? <FaultNote error={link.error} /> : null}
      {query.isPending ? <Skeleton height={48} radius="md" /> : null}
      <ul className={classes.sessions}>
        {linked.map((i) => (
          <li key={i.id}>
            <ProviderIcon name={i.provider} />
            <div>
              <strong>{i.displayName}</strong>
              <p title={dateTime(i.lastUsedAt)}>
                {i.label ? `${i.label} · ` : ''}
                {t('identities.used', { when: relative(i.lastUsedAt) })}
              </p>
            </div>
            <Button
              size="compact-sm"
              variant="default"
              aria-label={t('identities.unlinkOf', { name: i.displayName })}
              loading={unlink.isPending && unlink.variables === i.id}
              onClick={() => unlink.mutate(i.id)}
            >
              {t('identities.unlink')}
            </Button>
          </li>
        ))}
      </ul>
      <div className={classes.row}>
        {free.map((p) => (
          <Button
            key={p.name}
            variant="default"
            leftSection={<ProviderIcon name={p.name} />}
            loading={link.isPending && link.variables === p.name}
            onClick={() => link.mutate(p.name)}
          >
            {t('identities.link', { name: p.displayName })}
          </Button>
        ))}
      </div>
    </Section>
  );
}
