import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { getRouteApi, Link } from '@tanstack/react-router';
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
    (body: { login: string; password: string }) => unwrap(api.POST('/api/auth/login', { body })),
    next,
  );
  const form = useForm({ mode: 'uncontrolled', initialValues: { login: '', password: '' } });
  // here a 401 is about the words just typed, not about an old session
  const wrong = enter.error instanceof ApiError && enter.error.status === 401 ? enter.error : null;

  return (
    <AuthLayout
      title={t('signIn.title')}
      body={t(why === 'expired' ? 'signIn.expired' : 'signIn.body')}
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
      <form className={classes.form} onSubmit={form.onSubmit((v) => enter.mutate(v))}>
        {wrong ? (
          <p role="alert" className="fault">
            {wrong.message}
          </p>
        ) : enter.isError ? (
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
        <Button type="submit" size="md" loading={enter.isPending}>
          {t('signIn.go')}
        </Button>
      </form>
    </AuthLayout>
  );
}
