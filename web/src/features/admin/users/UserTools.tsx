import { Button, Modal, NativeSelect, NumberInput, Skeleton, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, unwrap } from '@/api/client';
import { credits } from '@/shared/lib/format';
import { FaultNote } from '@/shared/ui/FaultNote';
import { toast } from '@/shared/ui/toast';
import { ROLES } from './UsersPage';
import classes from './UsersPage.module.css';

interface Change {
  role?: (typeof ROLES)[number];
  status?: 'active' | 'disabled';
}

/** One user: rank, whether they may come in, credits. */
export function UserTools({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation('admin');
  const { t: tc } = useTranslation();
  const client = useQueryClient();
  const path = { params: { path: { id } } };
  const query = useQuery({
    queryKey: ['admin', 'users', id],
    queryFn: ({ signal }) => unwrap(api.GET('/api/admin/users/{id}', { ...path, signal })),
  });
  const [amount, setAmount] = useState<number | string>('');
  const [reason, setReason] = useState('');
  // one key for what is typed: a second press of the button is the same adjustment
  const [key, setKey] = useState(() => crypto.randomUUID());
  const after = () => client.invalidateQueries({ queryKey: ['admin', 'users'] });
  const change = useMutation({
    meta: { quiet: true },
    mutationFn: (body: Change) => unwrap(api.PUT('/api/admin/users/{id}', { ...path, body })),
    onSettled: after,
  });
  const adjust = useMutation({
    meta: { quiet: true },
    mutationFn: () =>
      unwrap(
        api.POST('/api/admin/users/{id}/credits', {
          params: { path: { id }, header: { 'Idempotency-Key': key } },
          body: { amount: Number(amount), reason: reason.trim() },
        }),
      ),
    onSuccess: async ({ changed }) => {
      toast({ message: t('users.adjusted', { amount: credits(changed) }) });
      setAmount('');
      setReason('');
      setKey(crypto.randomUUID());
      await after();
    },
  });
  const known = query.data;

  return (
    <Modal
      opened
      onClose={onClose}
      title={known?.user.username ?? tc('loading')}
      radius="lg"
      centered
      closeButtonProps={{ 'aria-label': tc('close') }}
    >
      {query.isError ? <FaultNote error={query.error} onRetry={() => void query.refetch()} /> : null}
      {known ? (
        <div className={classes.tools}>
          <p className={classes.quiet} style={{ margin: 0 }}>
            {known.user.email} · {t('users.facts', { sessions: known.user.sessions, keys: known.user.keys })}
            {known.user.secondFactor ? ` · ${t('users.secondFactor')}` : ''}
          </p>
          {change.isError ? <FaultNote error={change.error} /> : null}
          <NativeSelect
            label={t('users.role')}
            value={known.user.role}
            disabled={change.isPending}
            onChange={(e) => {
              const role = ROLES.find((r) => r === e.currentTarget.value);
              if (role) change.mutate({ role });
            }}
            data={ROLES.map((r) => ({ value: r, label: t(`role.${r}`) }))}
          />
          <Button
            variant="default"
            loading={change.isPending}
            onClick={() => change.mutate({ status: known.user.status === 'active' ? 'disabled' : 'active' })}
          >
            {t(known.user.status === 'active' ? 'users.ban' : 'users.unban')}
          </Button>
          <form
            className={classes.tools}
            onSubmit={(e) => {
              e.preventDefault();
              adjust.mutate();
            }}
          >
            <strong>
              {t('users.balance', { credits: credits(known.credits.remaining), plan: known.plan })}
            </strong>
            {adjust.isError ? <FaultNote error={adjust.error} /> : null}
            <div className={classes.two}>
              <NumberInput
                label={t('users.amount')}
                description={t('users.amountHint')}
                inputWrapperOrder={['label', 'input', 'description']}
                value={amount}
                onChange={setAmount}
                decimalScale={6}
                required
                withAsterisk={false}
              />
              <TextInput
                label={t('users.reason')}
                description={t('users.reasonHint')}
                inputWrapperOrder={['label', 'input', 'description']}
                value={reason}
                maxLength={200}
                onChange={(e) => setReason(e.currentTarget.value)}
                required
                withAsterisk={false}
              />
            </div>
            <Button
              type="submit"
              loading={adjust.isPending}
              disabled={Number(amount) === 0 || reason.trim() === ''}
            >
              {t('users.adjust')}
            </Button>
          </form>
        </div>
      ) : (
        <Skeleton height={240} radius="md" />
      )}
    </Modal>
  );
}
