import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { meQuery } from '@/shared/hooks/useSession';
import { FaultNote } from '@/shared/ui/FaultNote';
import { AddressNote } from './AddressNote';
import { DeleteAccount } from './DeleteAccount';
import { Identities } from './Identities';
import { ExportData } from './ExportData';
import { PasswordForm } from './PasswordForm';
import { Preferences } from './Preferences';
import { ProfileForm } from './ProfileForm';
import { SecondFactor } from './SecondFactor';
import { Sessions } from './Sessions';
import classes from './AccountPage.module.css';

export function AccountPage() {
  const { t } = useTranslation('account');
  const query = useQuery(meQuery);
  const me = query.data;
  return (
    <div className={classes.sheet}>
      <header className={classes.head}>
        <h1>{t('title')}</h1>
        {me ? (
          <p>
            {me.email} · {t(`role.${me.role}`)}
          </p>
        ) : null}
      </header>
      {query.isError ? <FaultNote error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.isPending ? <Skeleton height={320} radius="lg" aria-label={t('title')} /> : null}
      {me ? (
        <>
          <AddressNote me={me} />
          <ProfileForm me={me} />
          <Preferences me={me} />
          <PasswordForm hasPassword={me.hasPassword} />
          <Identities />
          <SecondFactor hasPassword={me.hasPassword} />
          <Sessions />
          <ExportData username={me.username} />
          <DeleteAccount username={me.username} hasPassword={me.hasPassword} />
        </>
      ) : null}
    </div>
  );
}
