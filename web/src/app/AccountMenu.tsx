import { Avatar, Menu, UnstyledButton } from '@mantine/core';
import { IconLogout, IconSelector, IconSettings } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { signOut } from '@/api/session';
import { useMe } from '@/shared/hooks/useSession';
import classes from './Shell.module.css';

export function AccountMenu() {
  const { t } = useTranslation();
  const me = useMe();
  return (
    <Menu position="top-start" width={210} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <UnstyledButton className={classes.user} aria-label={t('account.menu')}>
          <Avatar size={28} radius="xl" color="jade" name={me?.username ?? ''} />
          <span className={classes.userName}>{me?.username}</span>
          <IconSelector size={14} stroke={1.7} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{me?.email}</Menu.Label>
        <Menu.Item component={Link} to="/account" leftSection={<IconSettings size={16} />}>
          {t('nav.account')}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void signOut()}>
          {t('account.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
