import { Menu, UnstyledButton } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { Link, useLocation } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { pagesFor } from './nav';
import classes from './Shell.module.css';

/** On a phone: the pages that have no tab of their own. */
export function MoreMenu({ admin }: { admin: boolean }) {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const pages = pagesFor(admin).filter((p) => !p.tab);
  const here = pages.some((p) => pathname.startsWith(p.to));
  return (
    <Menu position="top-end" width={220} offset={10} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <UnstyledButton className={classes.tab} data-active={here || undefined}>
          <IconDots size={21} stroke={1.6} aria-hidden />
          {t('nav.more')}
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {pages.map(({ to, label, icon: ItemIcon }) => (
          <Menu.Item
            key={to}
            component={Link}
            to={to}
            leftSection={<ItemIcon size={18} stroke={1.7} />}
            {...(pathname.startsWith(to) ? { 'aria-current': 'page' as const } : {})}
          >
            {t(label)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
