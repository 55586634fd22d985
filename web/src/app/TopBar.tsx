import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Logo } from '@/shared/ui/Logo';
import { LangToggle, ThemeToggle } from './Controls';
import classes from './TopBar.module.css';

interface Props {
  /** Between the name and the switches. */
  before?: ReactNode;
  /** At the end. */
  children?: ReactNode;
}

/** The head of pages outside the studio. */
export function TopBar({ before, children }: Props) {
  const { t } = useTranslation();
  return (
    <header className={classes.root}>
      <Link to="/" className={classes.brand}>
        <Logo size={28} /> {t('brand')}
      </Link>
      {before}
      <LangToggle size="lg" />
      <ThemeToggle size="lg" />
      {children}
    </header>
  );
}
