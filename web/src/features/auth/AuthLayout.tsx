import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { LangToggle, ThemeToggle } from '@/app/Controls';
import { HeroWave } from '@/shared/ui/HeroWave';
import { Logo } from '@/shared/ui/Logo';
import classes from './AuthLayout.module.css';

interface Props {
  title: string;
  body: string;
  children: ReactNode;
  footer?: ReactNode;
}

/** The door of the studio: form on one side, what waits behind it on the other. */
export function AuthLayout({ title, body, children, footer }: Props) {
  const { t } = useTranslation('auth');
  const { t: tc } = useTranslation();
  return (
    <div className={classes.root}>
      <div className={classes.side}>
        <header className={classes.top}>
          <Link to="/" className={classes.brand}>
            <Logo size={28} /> {tc('brand')}
          </Link>
          <LangToggle size="lg" />
          <ThemeToggle size="lg" />
        </header>
        <main className={classes.main}>
          <h1>{title}</h1>
          <p className={classes.body}>{body}</p>
          {children}
          {footer ? <p className={classes.footer}>{footer}</p> : null}
        </main>
      </div>
      <aside className={classes.art} aria-label={t('aside')}>
        <HeroWave bars={44} played={17} />
        <ul>
          <li>{t('point.price')}</li>
          <li>{t('point.edit')}</li>
          <li>{t('point.receipt')}</li>
        </ul>
      </aside>
    </div>
  );
}
