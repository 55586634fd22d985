import { useId, type ReactNode } from 'react';
import classes from './AccountPage.module.css';

interface Props {
  title: string;
  body: string;
  children: ReactNode;
}

/** A titled part of the account: what it is on the left, what can be done on the right. */
export function Section({ title, body, children }: Props) {
  const id = useId();
  return (
    <section className={classes.section} aria-labelledby={id}>
      <div>
        <h2 id={id}>{title}</h2>
        <p>{body}</p>
      </div>
      <div className={classes.content}>{children}</div>
    </section>
  );
}
