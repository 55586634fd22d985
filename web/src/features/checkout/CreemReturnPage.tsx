import { Button, Loader } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, Navigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api, ApiError, unwrap } from '@/api/client';
import { FaultNote } from '@/shared/ui/FaultNote';
import { Sheet } from '@/shared/ui/Sheet';
import classes from './CheckoutPage.module.css';

const route = getRouteApi('/app/checkout/creem');

/** Brings Creem's signed query to the server, which asks Creem itself; then shows the purchase. */
export function CreemReturnPage() {
  const { t } = useTranslation('purchases');
  const query = route.useLoaderData();
  const found = useQuery({
    queryKey: ['payments', 'creem-return', query],
    queryFn: () => unwrap(api.POST('/api/payments/creem/return', { body: { query } })),
    staleTime: Infinity,
    // what is refused stays refused; a server that is coming back is asked again
    retry: (count, error) => count < 5 && (!(error instanceof ApiError) || error.status >= 500),
  });
  if (found.data) return <Navigate to="/checkout/$orderId" params={{ orderId: found.data.id }} replace />;
  return (
    <Sheet title={t('checkout.title')} subtitle={t('creem.subtitle')}>
      <section className={classes.root} aria-live="polite">
        {found.isPending ? (
          <>
            <span className={classes.icon} aria-hidden>
              <Loader size="sm" />
            </span>
            <h2>{t('checkout.confirming')}</h2>
            <p>{t('checkout.confirmingBody', { provider: 'Creem' })}</p>
          </>
        ) : (
          <>
            <FaultNote error={found.error} onRetry={() => void found.refetch()} />
            <p>{t('creem.later')}</p>
          </>
        )}
        <div className={classes.actions}>
          <Button component={Link} to="/purchases" variant="subtle" color="gray">
            {t('checkout.all')}
          </Button>
        </div>
      </section>
    </Sheet>
  );
}
