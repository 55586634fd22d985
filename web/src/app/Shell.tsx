import { ActionIcon, UnstyledButton } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { IconKeyboard, IconSearch, IconWifiOff } from '@tabler/icons-react';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAgreementAsked } from '@/shared/hooks/useAgreement';
import { modKey, useKeys } from '@/shared/hooks/useKeys';
import { useOnline } from '@/shared/hooks/useOnline';
import { useCredits, useMe } from '@/shared/hooks/useSession';
import { credits } from '@/shared/lib/format';
import { Logo } from '@/shared/ui/Logo';
import { AskAgreement } from './AskAgreement';
import { LangToggle, ThemeToggle } from './Controls';
import { isFor, NAV, pagesFor } from './nav';
import classes from './Shell.module.css';
import { useFinishedWork } from './useFinishedWork';

const AccountMenu = lazy(async () => ({ default: (await import('./AccountMenu')).AccountMenu }));
const MoreMenu = lazy(async () => ({ default: (await import('./MoreMenu')).MoreMenu }));
const Palette = lazy(async () => ({ default: (await import('./Palette')).Palette }));
const Shortcuts = lazy(async () => ({ default: (await import('./Shortcuts')).Shortcuts }));

export function Shell() {
  const { t } = useTranslation();
  const [palette, setPalette] = useState(0);
  const [keys, setKeys] = useState(0);
  // whoever comes back from paying reads first what became of it, and is asked when they go on
  const returned = useLocation({ select: ({ pathname }) => pathname.startsWith('/checkout/') });
  const agreement = useAgreementAsked(!returned);
  // what is asked for first is answered first
  const openPalette = () => setPalette((n) => (agreement ? n : n + 1));
  const openKeys = () => setKeys((n) => (agreement ? n : n + 1));
  useHotkeys([['mod+K', openPalette]], []);
  useKeys({ '?': openKeys });
  useFinishedWork();
  const admin = useMe()?.role === 'admin';
  const online = useOnline();
  const balance = useCredits();
  const tabs = pagesFor(admin).filter((p) => p.tab);
  const left = balance ? credits(balance.remainingCredits) : '—';
  const share = balance && balance.totalCredits > 0 ? balance.remainingCredits / balance.totalCredits : 0;

  return (
    <div className={classes.root}>
      <a className={classes.skip} href="#main">
        {t('skip')}
      </a>

      <aside className={classes.sidebar} aria-label={t('nav.side')}>
        <Link to="/studio/speech" className={classes.brand}>
          <Logo />
          <span>{t('brand')}</span>
        </Link>
        <UnstyledButton className={classes.search} onClick={openPalette}>
          <IconSearch size={15} stroke={1.8} aria-hidden />
          <span>{t('search')}</span>
          <kbd>{modKey} K</kbd>
        </UnstyledButton>
        <nav aria-label={t('nav.main')} className={classes.nav}>
          {NAV.filter((g) => isFor(g, admin)).map(({ group, items }) => (
            <div key={group} role="group" aria-labelledby={group}>
              <p className={classes.group} id={group}>
                {t(group)}
              </p>
              {items.map(({ to, label, icon: ItemIcon }) => (
                <Link key={to} to={to} className={classes.item} activeProps={{ 'data-active': true }}>
                  <ItemIcon size={17} stroke={1.7} aria-hidden />
                  {t(label)}
                </Link>
              ))}
            </div>
          ))}
        </nav>
        <div className={classes.bottom}>
          <Link to="/credits" className={classes.credits}>
            <span>{t('credits.left')}</span>
            <strong className="tnum">{left}</strong>
            <span className={classes.gauge} aria-hidden>
              <i style={{ transform: `scaleX(${share})` }} />
            </span>
          </Link>
          <div className={classes.userRow}>
            <Suspense fallback={<span className={classes.user} />}>
              <AccountMenu />
            </Suspense>
            <ActionIcon aria-label={t('keys.title')} title={t('keys.title')} onClick={openKeys}>
              <IconKeyboard size={18} stroke={1.7} />
            </ActionIcon>
            <LangToggle />
            <ThemeToggle />
          </div>
        </div>
      </aside>

      <header className={classes.mobileHeader}>
        <Link to="/studio/speech" className={classes.brand}>
          <Logo />
          <span>{t('brand')}</span>
        </Link>
        <Link to="/credits" className={classes.creditPill} aria-label={`${t('credits.left')}: ${left}`}>
          <i aria-hidden />
          <span className="tnum">{left}</span>
        </Link>
        <ActionIcon size="lg" aria-label={t('searchShort')} onClick={openPalette}>
          <IconSearch size={19} stroke={1.7} />
        </ActionIcon>
        <LangToggle size="lg" />
        <ThemeToggle size="lg" />
      </header>

      <main className={classes.main} id="main" tabIndex={-1}>
        {online ? null : (
          <p className={classes.offline} role="status">
            <IconWifiOff size={16} aria-hidden /> {t('offline')}
          </p>
        )}
        <Suspense>
          <Outlet />
        </Suspense>
      </main>

      <nav className={classes.tabs} aria-label={t('nav.main')}>
        {tabs.map(({ to, label, icon: ItemIcon }) => (
          <Link key={to} to={to} className={classes.tab} activeProps={{ 'data-active': true }}>
            <ItemIcon size={21} stroke={1.6} aria-hidden />
            {t(label)}
          </Link>
        ))}
        <Suspense fallback={<span className={classes.tab} />}>
          <MoreMenu admin={admin} />
        </Suspense>
      </nav>

      <AskAgreement agreement={agreement} />
      <Suspense>
        {palette > 0 ? <Palette key={`p${palette}`} /> : null}
        {keys > 0 ? <Shortcuts key={`k${keys}`} /> : null}
      </Suspense>
    </div>
  );
}
