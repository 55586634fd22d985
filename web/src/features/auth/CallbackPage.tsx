import { Button, Loader, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { api, unwrap } from '@/api/client';
import { maybeSignedIn, renew } from '@/api/session';
import { meQuery } from '@/shared/hooks/useSession';
import { providersQuery } from '@/shared/signin/providers';
import { FaultNote } from '@/shared/ui/FaultNote';
import { AuthLayout } from './AuthLayout';
import classes from './AuthLayout.module.css';
import { ProviderButtons } from './ProviderButtons';
import { useEnter, useWelcome } from './useEnter';

const route = getRouteApi('/auth/callback');

const REASONS = [
  'OAUTH_STATE_INVALID',
  'OAUTH_DENIED',
  'OAUTH_FAILED',
  'OAUTH_EMAIL_MISSING',
  'EMAIL_TAKEN',
  'IDENTITY_TAKEN',
  'ACCOUNT_DISABLED',
  'REGISTRATION_CLOSED',
  'REGISTRATION_INVITE_ONLY',
] as const;

/** Where a sign-in through somebody else comes back to: into the studio, to one more question, or to what went wrong. */
export function CallbackPage() {
  const { error, step } = route.useSearch();
  if (error !== undefined) return <Refused code={error} />;
  if (step === 'code') return <Code />;
  return step === 'link' ? <LinkStep /> : <Entering />;
}

function useProviderName() {
  const { provider } = route.useSearch();
  const known = useQuery(providersQuery).data?.items.find((p) => p.name === provider);
  return known?.displayName ?? provider ?? '';
}

function Refused({ code }: { code: string }) {
  const { t } = useTranslation('auth');
  const name = useProviderName();
  const { next } = route.useSearch();
  const reason = REASONS.find((r) => r === code) ?? 'other';
  const back = maybeSignedIn() ? <Link to="/account">{t('callback.account')}</Link> : null;
  return (
    <AuthLayout
      title={t('callback.refused')}
      body={t(`callback.reason.${reason}`, { name })}
      footer={back ?? <Link to="/sign-in">{t('callback.again')}</Link>}
    >
      {back ? null : <ProviderButtons next={next} />}
    </AuthLayout>
  );
}

/** The session's cookie has come along; what is left is to take it up. */
function Entering() {
  const { t } = useTranslation('auth');
  const { next } = route.useSearch();
  const { mutate, error, isError } = useMutation({
    mutationFn: async () => {
      await renew();
      return unwrap(api.GET('/api/auth/me'));
    },
    meta: { quiet: true },
    onSuccess: useWelcome(next),
  });
  useEffect(() => mutate(), [mutate]);
  return (
    <AuthLayout title={t('callback.entering')} body={t('callback.enteringBody')}>
      {isError ? <FaultNote error={error} onRetry={() => mutate()} /> : <Loader />}
    </AuthLayout>
  );
}

function Code() {
  const { t } = useTranslation('auth');
  const { next } = route.useSearch();
  const enter = useEnter(
    (body: { code: string }) => unwrap(api.POST('/api/auth/oauth/code', { body })),
    next,
  );
  const form = useForm({ mode: 'uncontrolled', initialValues: { code: '' } });
  return (
    <AuthLayout
      title={t('callback.code')}
      body={t('callback.codeBody')}
      footer={<Link to="/sign-in">{t('callback.again')}</Link>}
    >
      <form className={classes.form} onSubmit={form.onSubmit((v) => enter.mutate(v))}>
        {enter.isError ? <FaultNote error={enter.error} /> : null}
        <TextInput
          label={t('callback.codeField')}
          autoComplete="one-time-code"
          spellCheck={false}
          size="md"
          required
          withAsterisk={false}
          data-autofocus
          key={form.key('code')}
          {...form.getInputProps('code')}
        />
        <Button type="submit" size="md" loading={enter.isPending}>
          {t('signIn.go')}
        </Button>
      </form>
    </AuthLayout>
  );
}

/** There is an account with the same address. Whoever can sign in to it may link the two; nobody else. */
function LinkStep() {
  const { t } = useTranslation('auth');
  const name = useProviderName();
  const navigate = route.useNavigate();
  const { next, provider } = route.useSearch();
  const signedIn = maybeSignedIn();
  const me = useQuery({ ...meQuery, enabled: signedIn }).data;
  const link = useMutation({
    mutationFn: () => unwrap(api.POST('/api/auth/oauth/link')),
    meta: { quiet: true },
    onSuccess: ({ returnTo }) => navigate({ href: returnTo, replace: true }),
  });
  const here = `/auth/callback?${new URLSearchParams({ step: 'link', ...(provider ? { provider } : {}), ...(next ? { next } : {}) })}`;
  return (
    <AuthLayout title={t('callback.link', { name })} body={t('callback.linkBody', { name })}>
      <div className={classes.form}>
        {link.isError ? <FaultNote error={link.error} /> : null}
        {signedIn && me ? (
          <Button size="md" loading={link.isPending} onClick={() => link.mutate()}>
            {t('callback.linkTo', { name, user: me.username })}
          </Button>
        ) : (
          <Button size="md" renderRoot={(props) => <Link to="/sign-in" search={{ next: here }} {...props} />}>
            {t('callback.linkSignIn')}
          </Button>
        )}
      </div>
    </AuthLayout>
  );
}
