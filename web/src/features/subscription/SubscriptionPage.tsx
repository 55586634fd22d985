import { Badge, Button, Skeleton } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Plan, Subscription } from '@/api/types';
import { credits, date, money } from '@/shared/lib/format';
import { packagesQuery, providerName } from '@/shared/payments/payments';
import { isOver, subscriptionQuery } from '@/shared/payments/subscription';
import { ConfirmModal } from '@/shared/ui/ConfirmModal';
import { EmptyState } from '@/shared/ui/EmptyState';
import { FaultNote } from '@/shared/ui/FaultNote';
import { Sheet } from '@/shared/ui/Sheet';
import { toast } from '@/shared/ui/toast';
import { STATUSES, usePortal, useSubscriptionDeed } from './subscription';
import classes from './SubscriptionPage.module.css';

/** The plan one pays for: what it brings, when it is paid next, and the way out. */
export function SubscriptionPage() {
  const { t } = useTranslation('subscription');
  const query = useQuery(subscriptionQuery);
  const offer = useQuery(packagesQuery);
  const s = query.data;
  return (
    <Sheet title={t('title')} subtitle={t('subtitle')}>
      {query.isError ? <FaultNote error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.isPending ? <Skeleton height={180} radius="lg" /> : null}
      {s && isOver(s) ? (
        <EmptyState icon={IconRefresh} title={t('free')} body={t('freeBody')}>
          {s.endedAt ? <p className={classes.note}>{t('ended', { date: date(s.endedAt) })}</p> : null}
          <Button component={Link} to="/pricing">
            {t('choose')}
          </Button>
        </EmptyState>
      ) : null}
      {s && !isOver(s) ? <Running subscription={s} plans={offer.data?.plans ?? []} /> : null}
    </Sheet>
  );
}

function Running({ subscription: s, plans }: { subscription: Subscription; plans: Plan[] }) {
  const { t } = useTranslation('subscription');
  const [asking, setAsking] = useState<'cancel' | Plan | null>(null);
  const deed = useSubscriptionDeed();
  const portal = usePortal();
  const plan = plans.find((p) => p.id === s.subscribedPlan);
  const name = plan?.name ?? s.subscribedPlan ?? s.planName;
  const status = STATUSES.find((k) => k === s.status);
  const end = s.periodEnd ? date(s.periodEnd) : '';
  const others = plans.filter((p) => p.price && p.id !== s.subscribedPlan);
  const isLower = (p: Plan) =>
    plan?.price && p.price && p.price.currency === plan.price.currency && p.price.amount < plan.price.amount;
  const close = () => {
    deed.reset();
    setAsking(null);
  };
  return (
    <>
      <section className={classes.card}>
        <div className={classes.head}>
          <h2>{name}</h2>
          <Badge
            variant="light"
            tt="none"
            color={s.status === 'active' ? 'jade' : s.graceEndsAt ? 'coral' : 'gray'}
          >
            {status ? t(`status.${status}`) : s.status}
          </Badge>
        </div>
        {plan?.price ? (
          <p className={classes.gets}>
            {t('monthly', {
              credits: credits(plan.monthlyCredits),
              price: money(plan.price.amount, plan.price.currency),
            })}
          </p>
        ) : null}
        {s.graceEndsAt ? (
          <p className={classes.warn} role="status">
            {t('overdue', { plan: name, date: date(s.graceEndsAt) })}
          </p>
        ) : null}
        {s.plan !== s.subscribedPlan && !s.graceEndsAt ? <p>{t('notInForce', { plan: name })}</p> : null}
        <p>
          {s.endsAt ? t('ends', { date: date(s.endsAt) }) : s.periodEnd ? t('renews', { date: end }) : null}
        </p>
        {portal.isError ? <FaultNote error={portal.error} /> : null}
        {deed.isError && asking === null ? <FaultNote error={deed.error} /> : null}
        <div className={classes.actions}>
          <Button loading={portal.isPending || portal.isSuccess} onClick={() => portal.mutate()}>
            {t('portal')}
          </Button>
          {s.endsAt ? (
            <Button
              variant="default"
              loading={deed.isPending}
              onClick={() =>
                deed.mutate({ deed: 'resume' }, { onSuccess: () => toast({ message: t('resumed') }) })
              }
            >
              {t('resume')}
            </Button>
          ) : (
            <Button variant="subtle" color="coral" onClick={() => setAsking('cancel')}>
              {t('cancel')}
            </Button>
          )}
        </div>
      </section>
      {others.length > 0 && !s.endsAt ? (
        <section className={classes.others} aria-labelledby="others">
          <h2 id="others">{t('other')}</h2>
          <ul>
            {others.map((p) => (
              <li key={p.id}>
                <div>
                  <strong>{p.name}</strong>
                  <span>
                    {t('monthly', {
                      credits: credits(p.monthlyCredits),
                      price: p.price ? money(p.price.amount, p.price.currency) : '',
                    })}
                  </span>
                </div>
                <Button variant="default" onClick={() => setAsking(p)}>
                  {t('change', { plan: p.name })}
                </Button>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      <ConfirmModal
        opened={asking === 'cancel'}
        onClose={close}
        title={t('cancelTitle', { plan: name })}
        action={t('cancelDo')}
        loading={deed.isPending}
        error={deed.error}
        onConfirm={() =>
          deed.mutate(
            { deed: 'cancel' },
            {
              onSuccess: (now) => {
                setAsking(null);
                toast({ message: t('canceled', { date: now.endsAt ? date(now.endsAt) : end }) });
              },
            },
          )
        }
      >
        {t('cancelBody', { date: end })}
      </ConfirmModal>
      {asking && asking !== 'cancel' ? (
        <ConfirmModal
          opened
          onClose={close}
          title={t('changeTitle', { plan: asking.name })}
          action={t('changeDo')}
          loading={deed.isPending}
          error={deed.error}
          onConfirm={() =>
            deed.mutate(
              { deed: 'change', planId: asking.id },
              {
                onSuccess: () => {
                  setAsking(null);
                  toast({ message: t('changed', { plan: asking.name }) });
                },
              },
            )
          }
        >
          {t(isLower(asking) ? 'changeBodyLower' : 'changeBody', {
            credits: credits(asking.monthlyCredits),
            price: asking.price ? money(asking.price.amount, asking.price.currency) : '',
            provider: providerName(s.provider ?? ''),
          })}
        </ConfirmModal>
      ) : null}
    </>
  );
}
