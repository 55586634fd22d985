import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { TopBar } from '@/app/TopBar';
import { HeroWave } from '@/shared/ui/HeroWave';
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
  return (
    <div className={classes.root}>
      <div className={classes.side}>
        <TopBar />
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
