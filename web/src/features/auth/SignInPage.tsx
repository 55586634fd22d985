import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, ApiError, unwrap } from '@/api/client';
import { FaultNote } from '@/shared/ui/FaultNote';
import { AuthLayout } from './AuthLayout';
import classes from './AuthLayout.module.css';
import { ProviderButtons } from './ProviderButtons';
import { useEnter } from './useEnter';

const route = getRouteApi('/sign-in');

export function SignInPage() {
  const { t } = useTranslation('auth');
  const { next, why } = route.useSearch();
  const enter = useEnter(
    (body: { login: string; password: string; totp?: string }) =>
      unwrap(api.POST('/api/auth/login', { body })),
    next,
  );
  const form = useForm({ mode: 'uncontrolled', initialValues: { login: '', password: '', totp: '' } });
  // once asked for, the code stays on the page however often it was wrong
  const asked = enter.error instanceof ApiError && enter.error.code.startsWith('TOTP_');
  const [second, setSecond] = useState(false);
  if (asked && !second) setSecond(true);
  const missing = enter.error instanceof ApiError && enter.error.code === 'TOTP_REQUIRED';
  // here a 401 is about the words just typed, not about an old session
  const wrong =
    enter.error instanceof ApiError && (enter.error.status === 401 || asked) && !missing ? enter.error : null;

  return (
    <AuthLayout
      title={t('signIn.title')}
      body={t(second ? 'signIn.codeBody' : why === 'expired' ? 'signIn.expired' : 'signIn.body')}
      footer={
        <>
          {t('signIn.new')}{' '}
          <Link to="/sign-up" search={{ next }}>
            {t('signUp.link')}
          </Link>
        </>
      }
    >
      <ProviderButtons next={next} divided />
      <form
        className={classes.form}
        onSubmit={form.onSubmit(({ totp, ...v }) => enter.mutate(second ? { ...v, totp: totp.trim() } : v))}
      >
        {wrong ? (
          <p role="alert" className="fault">
            {wrong.message}
          </p>
        ) : enter.isError && !missing ? (
          <FaultNote error={enter.error} />
        ) : null}
        <TextInput
          label={t('field.login')}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          size="md"
          required
          withAsterisk={false}
          data-autofocus
          key={form.key('login')}
          {...form.getInputProps('login')}
        />
        <PasswordInput
          label={t('field.password')}
          autoComplete="current-password"
          size="md"
          required
          withAsterisk={false}
          key={form.key('password')}
          {...form.getInputProps('password')}
        />
        {second ? (
          <TextInput
            label={t('signIn.code')}
            autoComplete="one-time-code"
            autoCapitalize="none"
            spellCheck={false}
            size="md"
            required
            withAsterisk={false}
            key={form.key('totp')}
            {...form.getInputProps('totp')}
          />
        ) : null}
        <Button type="submit" size="md" loading={enter.isPending}>
          {t('signIn.go')}
        </Button>
        <Link to="/forgot-password" className={classes.forgot}>
          {t('signIn.forgot')}
        </Link>
      </form>
    </AuthLayout>
  );
}
