import { Button, Loader } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { api, unwrap } from '@/api/client';
import { meQuery } from '@/shared/hooks/useSession';
import { FaultNote } from '@/shared/ui/FaultNote';
import { AuthLayout } from './AuthLayout';
import { useMailedToken } from './useMailedToken';

/** Opened from the mail that proves an address; whoever opens it need not be signed in. */
export function VerifyPage() {
  const { t } = useTranslation('auth');
  const token = useMailedToken();
  const client = useQueryClient();
  const { mutate, data, error, isError } = useMutation({
    meta: { quiet: true },
    mutationFn: (mailed: string) => unwrap(api.POST('/api/auth/email/verify', { body: { token: mailed } })),
    onSuccess: () => client.invalidateQueries({ queryKey: meQuery.queryKey }),
  });
  useEffect(() => {
    if (token) mutate(token);
  }, [token, mutate]);
  const on = (
    <Button component={Link} to="/studio/speech" size="md">
      {t('verify.on')}
    </Button>
  );

  if (!token) {
    return (
      <AuthLayout title={t('link.broken')} body={t('link.brokenBody')}>
        {on}
      </AuthLayout>
    );
  }
  if (isError) {
    return (
      <AuthLayout title={t('verify.failed')} body="" footer={<Link to="/account">{t('reset.again')}</Link>}>
        <FaultNote error={error} />
      </AuthLayout>
    );
  }
  return data ? (
    <AuthLayout title={t('verify.done')} body={t('verify.doneBody', { email: data.email })}>
      {on}
    </AuthLayout>
  ) : (
    <AuthLayout title={t('verify.waiting')} body={t('verify.waitingBody')}>
      <Loader />
    </AuthLayout>
  );
}
