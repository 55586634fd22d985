import { Button } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import { Link, useLocation } from '@tanstack/react-router';
import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/client';
import { copyText } from '@/shared/lib/clipboard';
import { credits } from '@/shared/lib/format';
import { faultText } from './faultText';
import classes from './FaultNote.module.css';

interface Props {
  error: unknown;
  onRetry?: (() => void) | undefined;
  /** For 402: what it would have cost and what there is. */
  price?: number | undefined;
  balance?: number | undefined;
}

/** A refused or failed call, in place, with the next step on a button. */
export function FaultNote({ error, onRetry, price, balance }: Props) {
  const { t } = useTranslation();
  const { href } = useLocation();
  const status = error instanceof ApiError ? error.status : 0;
  const id = error instanceof ApiError ? error.requestId : undefined;
  const wait = useCountdown(error);

  let text: ReactNode = faultText(error);
  if (status === 402 && price !== undefined && balance !== undefined) {
    text = t('fault.credits', { price: credits(price), balance: credits(balance) });
  }
  return (
    <div className={classes.root} role="alert">
      <IconAlertCircle size={18} stroke={1.8} aria-hidden />
      <p>{text}</p>
      {status === 401 ? (
        <Button
          renderRoot={(props) => <Link to="/sign-in" search={{ next: href }} {...props} />}
          size="compact-sm"
          variant="light"
        >
          {t('fault.signIn')}
        </Button>
      ) : null}
      {status === 402 ? (
        <Button component={Link} to="/credits" size="compact-sm" variant="light">
          {t('fault.seeCredits')}
        </Button>
      ) : null}
      {status >= 500 && id ? (
        <Button size="compact-sm" variant="subtle" color="gray" onClick={() => void copyText(id)}>
          {t('fault.copyId')}
        </Button>
      ) : null}
      {onRetry && status !== 401 && status !== 402 ? (
        <Button size="compact-sm" variant="light" onClick={onRetry} disabled={wait > 0}>
          {wait > 0 ? t('fault.wait', { seconds: wait }) : t('retry')}
        </Button>
      ) : null}
    </div>
  );
}

/** Seconds left of what the server asked to wait. */
function useCountdown(error: unknown): number {
  const seconds = error instanceof ApiError ? (error.retryAfter ?? 0) : 0;
  const [run, setRun] = useState({ error, left: seconds });
  if (run.error !== error) setRun({ error, left: seconds });
  const waiting = run.left > 0;
  useEffect(() => {
    if (!waiting) return;
    const timer = setInterval(() => setRun((r) => ({ ...r, left: Math.max(0, r.left - 1) })), 1000);
    return () => clearInterval(timer);
  }, [waiting]);
  return run.left;
}
