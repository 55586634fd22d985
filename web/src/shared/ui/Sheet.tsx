import type { ReactNode } from 'react';
import classes from './Sheet.module.css';

interface Props {
  title: string;
  subtitle: string;
  /** Beside the title: the page's own action. */
  action?: ReactNode;
  children: ReactNode;
}

/** A page: one sheet of paper with its heading. */
export function Sheet({ title, subtitle, action, children }: Props) {
  return (
    <div className={classes.sheet}>
      <header className={classes.head}>
        <div>
          <h1>{title}</h1>
          <p>{subtitle}</p>
        </div>
        {action}
      </header>
      {children}
    </div>
  );
}
