import { Avatar, Button, PasswordInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/client';
import type { User } from '@/api/types';
import { toast } from '@/shared/ui/toast';
import { ProofNote } from './ProofNote';
import { Section } from './Section';
import { useSaveProfile } from './useSaveProfile';
import classes from './AccountPage.module.css';

const FIELDS = ['username', 'email', 'firstName', 'lastName', 'avatar', 'currentPassword'] as const;

export function ProfileForm({ me }: { me: User }) {
  const { t } = useTranslation('account');
  const { t: tc } = useTranslation();
  const save = useSaveProfile();
  const form = useForm({
    initialValues: {
      username: me.username,
      email: me.email,
      firstName: me.firstName ?? '',
      lastName: me.lastName ?? '',
      avatar: me.avatar ?? '',
      currentPassword: '',
    },
  });
  const newAddress = form.values.email !== me.email;
  const askPassword = newAddress && me.hasPassword;
  const refused = save.error instanceof ApiError ? save.error : null;
  const input = (name: (typeof FIELDS)[number]) => ({
    label: t(`profile.${name}`),
    ...form.getInputProps(name),
    error: refused?.field(name),
  });

  return (
    <Section title={t('profile.title')} body={t('profile.body')}>
      <form
        style={{ display: 'contents' }}
        onSubmit={form.onSubmit((v) =>
          save.mutate(
            // an empty text clears; a new address needs the password once more
            {
              username: v.username.trim(),
              email: v.email.trim(),
              firstName: v.firstName.trim(),
              lastName: v.lastName.trim(),
              avatar: v.avatar.trim(),
              ...(askPassword ? { currentPassword: v.currentPassword } : {}),
            },
            {
              onSuccess: () => {
                form.setFieldValue('currentPassword', '');
                form.resetDirty();
                toast({ message: t('saved') });
              },
            },
          ),
        )}
      >
        {save.isError && !FIELDS.some((f) => refused?.field(f)) ? <ProofNote error={save.error} /> : null}
        <div className={classes.two}>
          <TextInput {...input('username')} autoComplete="username" />
          <TextInput {...input('email')} type="email" autoComplete="email" />
          <TextInput {...input('firstName')} autoComplete="given-name" />
          <TextInput {...input('lastName')} autoComplete="family-name" />
        </div>
        {askPassword ? (
          <PasswordInput
            {...input('currentPassword')}
            autoComplete="current-password"
            required
            withAsterisk={false}
          />
        ) : null}
        <div className={classes.row}>
          <Avatar name={form.values.username} color="jade" radius="xl" size={44} />
          <TextInput
            {...input('avatar')}
            type="url"
            placeholder="https://"
            description={t('profile.avatarHint')}
            style={{ flex: 1 }}
            spellCheck={false}
          />
        </div>
        <div>
          <Button type="submit" loading={save.isPending} disabled={!form.isDirty()}>
            {tc('save')}
          </Button>
        </div>
      </form>
    </Section>
  );
}
