import { Button, PasswordInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, ApiError, done } from '@/api/client';
import { meQuery } from '@/shared/hooks/useSession';
import { toast } from '@/shared/ui/toast';
import { ProofNote } from './ProofNote';
import { Section } from './Section';
import classes from './AccountPage.module.css';

const FIELDS = ['currentPassword', 'newPassword'] as const;

/** Changes the password, or gives an account its first one. */
export function PasswordForm({ hasPassword }: { hasPassword: boolean }) {
  const { t } = useTranslation('account');
  const client = useQueryClient();
  const form = useForm({ initialValues: { currentPassword: '', newPassword: '' } });
  const save = useMutation({
    meta: { quiet: true },
    mutationFn: ({ currentPassword, newPassword }: typeof form.values) =>
      done(
        api.PUT('/api/auth/password', {
          body: hasPassword ? { currentPassword, newPassword } : { newPassword },
        }),
      ),
    onSuccess: async () => {
      form.reset();
      toast({ message: t(hasPassword ? 'password.changed' : 'password.added') });
      await client.invalidateQueries({ queryKey: ['sessions'] });
      await client.invalidateQueries(meQuery);
    },
  });
  const refused = save.error instanceof ApiError ? save.error : null;
  const short = form.values.newPassword !== '' && form.values.newPassword.length < 8;

  return (
    <Section title={t('password.title')} body={t(hasPassword ? 'password.body' : 'password.none')}>
      <form style={{ display: 'contents' }} onSubmit={form.onSubmit((v) => save.mutate(v))}>
        {save.isError && !FIELDS.some((f) => refused?.field(f)) ? <ProofNote error={save.error} /> : null}
        <div className={classes.two}>
          {hasPassword ? (
            <PasswordInput
              label={t('password.current')}
              autoComplete="current-password"
              required
              withAsterisk={false}
              {...form.getInputProps('currentPassword')}
              error={refused?.field('currentPassword')}
            />
          ) : null}
          <PasswordInput
            label={t('password.new')}
            autoComplete="new-password"
            required
            withAsterisk={false}
            {...form.getInputProps('newPassword')}
            error={short ? t('password.short') : refused?.field('newPassword')}
          />
        </div>
        <div>
          <Button
            type="submit"
            variant="default"
            loading={save.isPending}
            disabled={short || !form.isDirty()}
          >
            {t(hasPassword ? 'password.go' : 'password.add')}
          </Button>
        </div>
      </form>
    </Section>
  );
}
