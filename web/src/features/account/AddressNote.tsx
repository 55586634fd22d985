import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, unwrap } from '@/api/client';
import type { User } from '@/api/types';
import { faultText } from '@/shared/ui/faultText';
import { toast } from '@/shared/ui/toast';
import classes from './AccountPage.module.css';

/** Says which address waits for its link to be opened. */
export function AddressNote({ me }: { me: User }) {
  const { t } = useTranslation('account');
  const again = useMutation({
    meta: { quiet: true },
    mutationFn: () => unwrap(api.POST('/api/auth/email/resend')),
    onSuccess: ({ email }) => toast({ message: t('address.sent', { email }) }),
  });
  if (me.emailVerified && !me.pendingEmail) return null;
  return (
    <div className={classes.note} role="status">
      <span>
        {me.pendingEmail
          ? t('address.pending', { email: me.pendingEmail })
          : t('address.unproved', { email: me.email })}
        {again.isError ? <em>{faultText(again.error)}</em> : null}
      </span>
      <Button size="compact-sm" variant="default" loading={again.isPending} onClick={() => again.mutate()}>
        {t('address.again')}
      </Button>
    </div>
  );
}
