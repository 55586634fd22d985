import { Button, PasswordInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, ApiError, done } from '@/api/client';
import { FaultNote } from '@/shared/ui/FaultNote';
import { toast } from '@/shared/ui/toast';
import { Section } from './Section';
import classes from './AccountPage.module.css';

const FIELDS = ['currentPassword', 'newPassword'] as const;

export function PasswordForm() {
  const { t } = useTranslation('account');
  const client = useQueryClient();
  const form = useForm({ initialValues: { currentPassword: '', newPassword: '' } });
  const save = useMutation({
    meta: { quiet: true },
    mutationFn: (body: { currentPassword: string; newPassword: string }) =>
      done(api.PUT('/api/auth/password', { body })),
    onSuccess: async () => {
      form.reset();
      toast({ message: t('password.changed') });
      await client.invalidateQueries({ queryKey: ['sessions'] });
    },
  });
  const refused = save.error instanceof ApiError ? save.error : null;
  const short = form.values.newPassword !== '' && form.values.newPassword.length < 8;

  return (
    <Section title={t('password.title')} body={t('password.body')}>
      <form style={{ display: 'contents' }} onSubmit={form.onSubmit((v) => save.mutate(v))}>
        {save.isError && !FIELDS.some((f) => refused?.field(f)) ? <FaultNote error={save.error} /> : null}
        <div className={classes.two}>
          <PasswordInput
            label={t('password.current')}
            autoComplete="current-password"
            required
            withAsterisk={false}
            {...form.getInputProps('currentPassword')}
            error={refused?.field('currentPassword')}
          />
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
            {t('password.go')}
          </Button>
        </div>
      </form>
    </Section>
  );
}
