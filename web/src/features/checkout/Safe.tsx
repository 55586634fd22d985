import { Button, Loader } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import classes from './CheckoutPage.module.css';

interface Props {
  provider: string;
  /** Our own records cannot be reached. */
  away: boolean;
}

/** Somebody who has paid, and of whose payment we cannot say yet what became. The page around it keeps asking. */
export function Safe({ provider, away }: Props) {
  const { t } = useTranslation('purchases');
  return (
    <section className={classes.root} aria-live="polite" data-tale={away ? 'safe' : 'confirming'}>
      <span className={classes.icon} aria-hidden>
        <Loader size="sm" />
      </span>
      <h2>{t(away ? 'checkout.safe' : 'checkout.confirming')}</h2>
      <p>{t(away ? 'checkout.safeBody' : 'checkout.confirmingBody', { provider })}</p>
      {away ? <p className={classes.once}>{t('checkout.once')}</p> : null}
      <div className={classes.actions}>
        <Button component={Link} to="/purchases" variant="subtle" color="gray">
          {t('checkout.all')}
        </Button>
      </div>
    </section>
  );
}
