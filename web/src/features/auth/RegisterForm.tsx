import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, ApiError, unwrap } from '@/api/client';
import { AgreementLinks } from '@/shared/signin/AgreementLinks';
import { agreementInForceQuery } from '@/shared/signin/agreement';
import { FaultNote } from '@/shared/ui/FaultNote';
import classes from './AuthLayout.module.css';
import { useEnter } from './useEnter';

const FIELDS = ['username', 'email', 'password'] as const;
type Values = Record<(typeof FIELDS)[number], string>;

// The messages are keys of the texts, so that a language switch also changes what is already shown.
const SHAPES: Record<keyof Values, RegExp> = {
  username: /^[\p{L}\p{N}_.-]{3,32}$/u,
  email: /^[^\s@]+@[^\s@]+$/,
  password: /^[^]{8,128}$/u,
};
const check = (field: keyof Values) => (value: string) => (SHAPES[field].test(value) ? null : field);

interface Props {
  next?: string | undefined;
  setupToken?: string | undefined;
  submit: string;
}

export function RegisterForm({ next, setupToken, submit }: Props) {
  const { t } = useTranslation('auth');
  const agreement = useQuery(agreementInForceQuery);
  const enter = useEnter(
    (v: Values) =>
      unwrap(
        api.POST('/api/auth/register', {
          body: { ...v, agreement: true, ...(setupToken ? { setupToken } : {}) },
        }),
      ),
    next,
  );
  const form = useForm<Values>({
    mode: 'uncontrolled',
    initialValues: { username: '', email: '', password: '' },
    validate: { username: check('username'), email: check('email'), password: check('password') },
    validateInputOnBlur: true,
  });
  const refused = enter.error instanceof ApiError ? enter.error : null;
  const problem = (field: keyof Values) => {
    const code = FIELDS.find((c) => c === form.errors[field]);
    return code ? t(`problem.${code}`) : refused?.field(field);
  };
  const elsewhere = enter.isError && !FIELDS.some((f) => refused?.field(f));

  return (
    <form className={classes.form} onSubmit={form.onSubmit((v) => enter.mutate(v))} noValidate>
      {elsewhere ? <FaultNote error={enter.error} /> : null}
      <TextInput
        label={t('field.username')}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        size="md"
        required
        withAsterisk={false}
        key={form.key('username')}
        {...form.getInputProps('username')}
        error={problem('username')}
      />
      <TextInput
        label={t('field.email')}
        type="email"
        autoComplete="email"
        size="md"
        required
        withAsterisk={false}
        key={form.key('email')}
        {...form.getInputProps('email')}
        error={problem('email')}
      />
      <PasswordInput
        label={t('field.password')}
        description={t('field.passwordHint')}
        autoComplete="new-password"
        size="md"
        required
        withAsterisk={false}
        key={form.key('password')}
        {...form.getInputProps('password')}
        error={problem('password')}
      />
      <Button type="submit" size="md" loading={enter.isPending}>
        {submit}
      </Button>
      <p className={classes.small}>{t('agreement')}</p>
      {agreement.data ? <AgreementLinks {...agreement.data} /> : null}
    </form>
  );
}
