import { Button, PasswordInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api, ApiError, done } from '@/api/client';
import { FaultNote } from '@/shared/ui/FaultNote';
import { AuthLayout } from './AuthLayout';
import classes from './AuthLayout.module.css';
import { useMailedToken } from './useMailedToken';

/** Opened from the mail for a lost password. */
export function ResetPage() {
  const { t } = useTranslation('auth');
  const token = useMailedToken();
  const save = useMutation({
    meta: { quiet: true },
    mutationFn: (newPassword: string) =>
      done(api.POST('/api/auth/password/reset', { body: { token, newPassword } })),
  });
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { password: '' },
    validate: { password: (v: string) => (/^[^]{8,128}$/u.test(v) ? null : 'password') },
  });
  const refused = save.error instanceof ApiError ? save.error : null;
  const again = (
    <Link to="/forgot-password" replace>
      {t('reset.again')}
    </Link>
  );

  if (!token) {
    return (
      <AuthLayout title={t('link.broken')} body={t('link.brokenBody')} footer={again}>
        {null}
      </AuthLayout>
    );
  }
  if (save.isSuccess) {
    return (
      <AuthLayout title={t('reset.done')} body={t('reset.doneBody')}>
        <Button component={Link} to="/sign-in" size="md">
          {t('signIn.go')}
        </Button>
      </AuthLayout>
    );
  }
  return (
    <AuthLayout
      title={t('reset.title')}
      body={t('reset.body')}
      footer={refused?.field('token') ? again : null}
    >
      <form className={classes.form} onSubmit={form.onSubmit((v) => save.mutate(v.password))}>
        {save.isError && !refused?.field('newPassword') ? <FaultNote error={save.error} /> : null}
        <PasswordInput
          label={t('reset.new')}
          description={t('field.passwordHint')}
          autoComplete="new-password"
          size="md"
          required
          withAsterisk={false}
          key={form.key('password')}
          {...form.getInputProps('password')}
          error={form.errors['password'] ? t('problem.password') : refused?.field('newPassword')}
        />
        <Button type="submit" size="md" loading={save.isPending}>
          {t('reset.go')}
        </Button>
      </form>
    </AuthLayout>
  );
}
