import { Button, Modal, PasswordInput, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, done } from '@/api/client';
import { forgetSession } from '@/api/session';
import { ProofNote } from './ProofNote';

interface Props {
  username: string;
  hasPassword: boolean;
  onClose: () => void;
}

/** The one thing that cannot be undone: it asks for the name in full, and for the password where there is one. */
export function DeleteModal({ username, hasPassword, onClose }: Props) {
  const { t } = useTranslation('account');
  const { t: tc } = useTranslation();
  const navigate = useNavigate();
  const [typed, setTyped] = useState('');
  const [password, setPassword] = useState('');
  const remove = useMutation({
    meta: { quiet: true },
    mutationFn: () => done(api.DELETE('/api/auth/me', { body: hasPassword ? { password } : {} })),
    onSuccess: async () => {
      await navigate({ to: '/' });
      forgetSession();
    },
  });

  return (
    <Modal
      opened
      onClose={onClose}
      title={t('delete.title')}
      radius="lg"
      centered
      closeButtonProps={{ 'aria-label': tc('close') }}
    >
      <form
        style={{ display: 'grid', gap: 14 }}
        onSubmit={(e) => {
          e.preventDefault();
          remove.mutate();
        }}
      >
        <p style={{ margin: 0 }}>{t('delete.warning')}</p>
        {remove.isError ? <ProofNote error={remove.error} /> : null}
        <TextInput
          label={t('delete.type', { username })}
          value={typed}
          autoComplete="off"
          data-autofocus
          onChange={(e) => setTyped(e.currentTarget.value)}
        />
        {hasPassword ? (
          <PasswordInput
            label={t('password.current')}
            value={password}
            autoComplete="current-password"
            onChange={(e) => setPassword(e.currentTarget.value)}
          />
        ) : null}
        <Button
          type="submit"
          color="coral"
          disabled={typed !== username || (hasPassword && password === '')}
          loading={remove.isPending}
        >
          {t('delete.go')}
        </Button>
      </form>
    </Modal>
  );
}
