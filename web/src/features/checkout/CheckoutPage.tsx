import { Button, Loader, Skeleton } from '@mantine/core';
import { IconAlertCircle, IconArrowBackUp, IconCircleCheck, IconClock, type Icon } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { api, unwrap } from '@/api/client';
import type { Order } from '@/api/types';
import { creditsQuery } from '@/shared/hooks/useSession';
import { credits, money } from '@/shared/lib/format';
import { leave } from '@/shared/lib/leave';
import { isOpen, isPassing, orderQuery, providerName } from '@/shared/payments/payments';
import { FaultNote } from '@/shared/ui/FaultNote';
import { Sheet } from '@/shared/ui/Sheet';
import { Safe } from './Safe';
import classes from './CheckoutPage.module.css';

const route = getRouteApi('/app/checkout/$orderId');

type Tale = 'confirming' | 'paid' | 'awaiting' | 'left' | 'ended' | 'back';

/** What a state means to somebody who has just come back. */
function taleOf(order: Order, left: boolean): Tale {
  if (isOpen(order)) return left ? 'left' : 'confirming';
  if (order.state === 'paid') return 'paid';
  if (order.state === 'awaiting') return 'awaiting';
  return order.paidAt === null ? 'ended' : 'back';
}

const LOOKS: Record<Exclude<Tale, 'confirming'>, Icon> = {
  paid: IconCircleCheck,
  awaiting: IconClock,
  left: IconArrowBackUp,
  ended: IconAlertCircle,
  back: IconArrowBackUp,
};

/** Where the provider sends the buyer back to: looks until the money is told, and never charges again. */
export function CheckoutPage() {
  const { t } = useTranslation('purchases');
  const { orderId } = route.useParams();
  const { canceled, session_id: session } = route.useSearch();
  const client = useQueryClient();
  const query = useQuery({
    ...orderQuery(orderId),
    refetchInterval: ({ state: { data, error } }) =>
      (data && isOpen(data) && !canceled) || (error && isPassing(error)) ? 2000 : false,
  });
  const recheck = useMutation({
    meta: { quiet: true },
    mutationFn: () =>
      unwrap(api.POST('/api/payments/orders/{id}/recheck', { params: { path: { id: orderId } } })),
    onSuccess: (order) => client.setQueryData(orderQuery(orderId).queryKey, order),
  });
  const order = query.data;
  const paid = order?.state === 'paid';
  useEffect(() => {
    if (!paid) return;
    // the balance, and whatever could not be had while the server was away
    const stale = (q: { queryKey: readonly unknown[]; state: { status: string } }) =>
      q.queryKey[0] === creditsQuery.queryKey[0] || q.state.status === 'error';
    void client.invalidateQueries({ predicate: stale });
  }, [paid, client]);
  // whoever comes from a paid page is never shown a fault of ours in place of their money
  const away = query.isError && isPassing(query.error) && session !== undefined;

  return (
    <Sheet title={t('checkout.title')} subtitle={t('checkout.number', { id: orderId })}>
      {query.isError && !away ? <FaultNote error={query.error} onRetry={() => void query.refetch()} /> : null}
      {away && !order ? <Safe provider="Stripe" away /> : null}
      {query.isPending ? <Skeleton height={200} radius="lg" /> : null}
      {order ? <Told order={order} tale={taleOf(order, canceled === true)} recheck={recheck} /> : null}
    </Sheet>
  );
}

interface Props {
  order: Order;
  tale: Tale;
  recheck: { mutate: () => void; isPending: boolean; isSuccess: boolean; error: unknown };
}

function Told({ order: o, tale, recheck }: Props) {
  const { t } = useTranslation('purchases');
  const balance = useQuery(creditsQuery).data;
  const Look = tale === 'confirming' ? null : LOOKS[tale];
  const values = {
    name: o.name,
    price: money(o.amount, o.currency),
    credits: credits(o.credits),
    provider: providerName(o.provider),
  };
  return (
    <section className={classes.root} data-tale={tale} aria-live="polite">
      <span className={classes.icon} aria-hidden>
        {Look ? <Look size={26} stroke={1.6} /> : <Loader size="sm" />}
      </span>
      <h2>{t(`checkout.${tale}`, values)}</h2>
      <p>{t(`checkout.${tale}Body`, values)}</p>
      {tale === 'paid' && balance ? (
        <p className={classes.balance}>
          {t('checkout.balance', { credits: credits(balance.remainingCredits) })}
        </p>
      ) : null}
      {recheck.error ? <FaultNote error={recheck.error} /> : null}
      {recheck.isSuccess && isOpen(o) ? <p>{t('checkout.nothingYet', values)}</p> : null}
      <div className={classes.actions}>
        {tale === 'paid' ? (
          <Button component={Link} to="/studio/speech">
            {t('checkout.use')}
          </Button>
        ) : null}
        {isOpen(o) ? (
          <Button
            variant={tale === 'left' ? 'default' : 'filled'}
            loading={recheck.isPending}
            onClick={() => recheck.mutate()}
          >
            {t('checkout.recheck')}
          </Button>
        ) : null}
        {isOpen(o) && o.checkoutUrl ? (
          <Button variant={tale === 'left' ? 'filled' : 'default'} onClick={() => leave(o.checkoutUrl ?? '')}>
            {t('checkout.pay')}
          </Button>
        ) : null}
        {tale === 'ended' ? (
          <Button component={Link} to="/pricing">
            {t('checkout.again')}
          </Button>
        ) : null}
        <Button component={Link} to="/purchases" variant="subtle" color="gray">
          {t('checkout.all')}
        </Button>
      </div>
    </section>
  );
}
