import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, ApiError, unwrap } from '@/api/client';
import { ProviderIcon, providersQuery } from '@/shared/signin/providers';
import { FaultNote } from '@/shared/ui/FaultNote';
import classes from './AccountPage.module.css';

/** Whom the user is elsewhere. */
export const identitiesQuery = {
  queryKey: ['identities'],
  queryFn: ({ signal }: { signal: AbortSignal }) => unwrap(api.GET('/api/auth/identities', { signal })),
};

/**
 * Why something that wants proof was refused. Where the account has no password, the proof is to come in once more through a linked
 * service, so the way there is shown.
 */
export function ProofNote({ error }: { error: unknown }) {
  return error instanceof ApiError && error.code === 'SSO_REQUIRED' ? (
    <SignInAgain />
  ) : (
    <FaultNote error={error} />
  );
}

function SignInAgain() {
  const { t, i18n } = useTranslation('account');
  const linked = useQuery(identitiesQuery).data?.items ?? [];
  const providers = useQuery(providersQuery).data?.items ?? [];
  const ways = providers.filter((p) => linked.some((i) => i.provider === p.name));
  const query = new URLSearchParams({ returnTo: '/account', language: i18n.language });
  return (
    <div className={classes.proof} role="alert">
      <p>{t('proof.again')}</p>
      <div className={classes.row}>
        {ways.map((p) => (
          <Button
            key={p.name}
            component="a"
            href={`/api/auth/oauth/${p.name}/start?${query}`}
            variant="default"
            leftSection={<ProviderIcon name={p.name} />}
          >
            {t('proof.through', { name: p.displayName })}
          </Button>
        ))}
      </div>
    </div>
  );
}
