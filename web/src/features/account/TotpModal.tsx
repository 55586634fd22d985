import { Button, Group, Modal, PasswordInput, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { api, done, unwrap } from '@/api/client';
import { CopyButton } from '@/shared/ui/CopyButton';
import { toast } from '@/shared/ui/toast';
import { ProofNote } from './ProofNote';
import type { TotpTask } from './SecondFactor';
import classes from './AccountPage.module.css';

interface Props {
  task: TotpTask;
  /** Without one, having signed in a moment ago stands for it. */
  hasPassword: boolean;
  onClose: () => void;
}

const TITLE = { begin: 'totp.setup', remove: 'totp.removeTitle', renew: 'totp.renewTitle' } as const;

/** Sets the second factor up step by step, switches it off, or renews its recovery codes. */
export function TotpModal({ task, hasPassword, onClose }: Props) {
  const { t } = useTranslation('account');
  const { t: tc } = useTranslation();
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(codes ? 'totp.codes' : TITLE[task])}
      radius="lg"
      centered
      closeButtonProps={{ 'aria-label': tc('close') }}
    >
      {codes ? (
        <Codes codes={codes} onClose={onClose} />
      ) : task === 'begin' ? (
        <Setup hasPassword={hasPassword} onCodes={setCodes} />
      ) : (
        <Prove task={task} hasPassword={hasPassword} onCodes={setCodes} onClose={onClose} />
      )}
    </Modal>
  );
}

function Setup({ hasPassword, onCodes }: Pick<ProveProps, 'hasPassword' | 'onCodes'>) {
  const { t } = useTranslation('account');
  const client = useQueryClient();
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const begin = useMutation({
    meta: { quiet: true },
    mutationFn: () => unwrap(api.POST('/api/auth/totp', { body: hasPassword ? { password } : {} })),
  });
  const confirm = useMutation({
    meta: { quiet: true },
    mutationFn: () => unwrap(api.POST('/api/auth/totp/confirm', { body: { code: code.trim() } })),
    onSuccess: async ({ recoveryCodes }) => {
      onCodes(recoveryCodes);
      await client.invalidateQueries({ queryKey: ['totp'] });
    },
  });

  if (!begin.data) {
    return (
      <Step
        onSubmit={() => begin.mutate()}
        text={t(hasPassword ? 'totp.passwordFirst' : 'totp.freshFirst')}
        error={begin.error}
      >
        {hasPassword ? (
          <PasswordInput
            label={t('totp.password')}
            autoComplete="current-password"
            required
            withAsterisk={false}
            data-autofocus
            value={password}
            onChange={(e) => setPassword(e.currentTarget.value)}
          />
        ) : null}
        <Button type="submit" loading={begin.isPending}>
          {t('totp.next')}
        </Button>
      </Step>
    );
  }
  return (
    <Step onSubmit={() => confirm.mutate()} text={t('totp.scan')} error={confirm.error}>
      <img
        className={classes.qr}
        src={`data:image/svg+xml,${encodeURIComponent(begin.data.qr)}`}
        alt={t('totp.qr')}
      />
      <div className={classes.row}>
        <span className={classes.secret}>{begin.data.secret.replace(/(.{4})(?=.)/g, '$1 ')}</span>
        <CopyButton text={begin.data.secret} label={t('totp.byHand')} />
      </div>
      <TextInput
        label={t('totp.code')}
        autoComplete="one-time-code"
        inputMode="numeric"
        maxLength={7}
        required
        withAsterisk={false}
        value={code}
        onChange={(e) => setCode(e.currentTarget.value)}
      />
      <Button type="submit" loading={confirm.isPending}>
        {t('totp.confirm')}
      </Button>
    </Step>
  );
}

interface ProveProps extends Props {
  onCodes: (codes: readonly string[]) => void;
}

function Prove({ task, hasPassword, onCodes, onClose }: ProveProps) {
  const { t } = useTranslation('account');
  const client = useQueryClient();
  const [typed, setTyped] = useState({ password: '', code: '' });
  const body = hasPassword ? typed : { code: typed.code };
  const go = useMutation({
    meta: { quiet: true },
    mutationFn: async () => {
      if (task === 'renew')
        return (await unwrap(api.POST('/api/auth/totp/recovery-codes', { body }))).recoveryCodes;
      await done(api.DELETE('/api/auth/totp', { body }));
      return null;
    },
    onSuccess: async (codes) => {
      if (codes) onCodes(codes);
      else {
        toast({ message: t('totp.removed') });
        onClose();
      }
      await client.invalidateQueries({ queryKey: ['totp'] });
    },
  });
  return (
    <Step
      onSubmit={() => go.mutate()}
      text={t(hasPassword ? 'totp.passwordFirst' : 'totp.freshFirst')}
      error={go.error}
    >
      {hasPassword ? (
        <PasswordInput
          label={t('totp.password')}
          autoComplete="current-password"
          required
          withAsterisk={false}
          data-autofocus
          value={typed.password}
          onChange={(e) => setTyped({ ...typed, password: e.currentTarget.value })}
        />
      ) : null}
      <TextInput
        label={t('totp.anyCode')}
        autoComplete="one-time-code"
        required
        withAsterisk={false}
        value={typed.code}
        onChange={(e) => setTyped({ ...typed, code: e.currentTarget.value })}
      />
      <Button type="submit" loading={go.isPending} {...(task === 'remove' ? { color: 'coral' } : {})}>
        {t(task === 'remove' ? 'totp.removeGo' : 'totp.renewGo')}
      </Button>
    </Step>
  );
}

function Codes({ codes, onClose }: { codes: readonly string[]; onClose: () => void }) {
  const { t } = useTranslation('account');
  return (
    <div style={{ display: 'grid', gap: 14 }}>
      <p style={{ margin: 0 }}>{t('totp.codesBody')}</p>
      <ul className={classes.codes}>
        {codes.map((c) => (
          <li key={c}>{c}</li>
        ))}
      </ul>
      <Group justify="space-between">
        <CopyButton text={codes.join('\n')} label={t('totp.copy')} />
        <Button onClick={onClose}>{t('totp.kept')}</Button>
      </Group>
    </div>
  );
}

interface StepProps {
  text: string;
  error: unknown;
  onSubmit: () => void;
  children: ReactNode;
}

function Step({ text, error, onSubmit, children }: StepProps) {
  return (
    <form
      style={{ display: 'grid', gap: 14 }}
      onSubmit={(e) => {
        e.preventDefault();
        onSubmit();
      }}
    >
      <p style={{ margin: 0 }}>{text}</p>
      {error ? <ProofNote error={error} /> : null}
      {children}
    </form>
  );
}
