import { Button, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api, unwrap } from '@/api/client';
import { FaultNote } from '@/shared/ui/FaultNote';
import { AuthLayout } from './AuthLayout';
import classes from './AuthLayout.module.css';

/** Asks for the mail that replaces a lost password. The answer is the same whether there is such an account or not. */
export function ForgotPage() {
  const { t } = useTranslation('auth');
  const ask = useMutation({
    meta: { quiet: true },
    mutationFn: (body: { email: string }) => unwrap(api.POST('/api/auth/password/forgot', { body })),
  });
  const form = useForm({ mode: 'uncontrolled', initialValues: { email: '' } });
  const back = <Link to="/sign-in">{t('forgot.back')}</Link>;

  if (ask.isSuccess) {
    const { mailed } = ask.data;
    return (
      <AuthLayout
        title={t(mailed ? 'forgot.sent' : 'forgot.title')}
        body={mailed ? t('forgot.sentBody', { email: ask.variables.email }) : t('forgot.off')}
        footer={back}
      >
        {null}
      </AuthLayout>
    );
  }
  return (
    <AuthLayout title={t('forgot.title')} body={t('forgot.body')} footer={back}>
      <form className={classes.form} onSubmit={form.onSubmit((v) => ask.mutate({ email: v.email.trim() }))}>
        {ask.isError ? <FaultNote error={ask.error} /> : null}
        <TextInput
          label={t('field.email')}
          type="email"
          autoComplete="email"
          size="md"
          required
          withAsterisk={false}
          data-autofocus
          key={form.key('email')}
          {...form.getInputProps('email')}
        />
        <Button type="submit" size="md" loading={ask.isPending}>
          {t('forgot.go')}
        </Button>
      </form>
    </AuthLayout>
  );
}
