import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, Navigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api, unwrap } from '@/api/client';
import { isPassing } from '@/shared/payments/payments';
import { FaultNote } from '@/shared/ui/FaultNote';
import { Sheet } from '@/shared/ui/Sheet';
import { Safe } from './Safe';
import classes from './CheckoutPage.module.css';

const route = getRouteApi('/app/checkout/creem');

/**
 * Brings Creem's signed query to the server, which asks Creem itself; then shows the purchase. Creem sends back only who has paid, so while
 * nobody can answer the page says that the money is safe, and asks until somebody does.
 */
export function CreemReturnPage() {
  const { t } = useTranslation('purchases');
  const query = route.useLoaderData();
  const found = useQuery({
    queryKey: ['payments', 'creem-return', query],
    queryFn: () => unwrap(api.POST('/api/payments/creem/return', { body: { query } })),
    staleTime: Infinity,
    // what is refused stays refused; a server that is coming back is asked until it is there
    retry: (_, error) => isPassing(error),
    retryDelay: (count) => Math.min(1000 * 2 ** count, 4000),
  });
  if (found.data) return <Navigate to="/checkout/$orderId" params={{ orderId: found.data.id }} replace />;
  return (
    <Sheet title={t('checkout.title')} subtitle={t('creem.subtitle')}>
      {found.isPending ? (
        <Safe provider="Creem" away={found.failureCount > 0} />
      ) : (
        <section className={classes.root}>
          <FaultNote error={found.error} onRetry={() => void found.refetch()} />
          <p>{t('creem.later')}</p>
          <div className={classes.actions}>
            <Button component={Link} to="/purchases" variant="subtle" color="gray">
              {t('checkout.all')}
            </Button>
          </div>
        </section>
      )}
    </Sheet>
  );
}
