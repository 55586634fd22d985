import { Badge, Button, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { maybeSignedIn } from '@/api/session';
import type { Package, Plan, Subscription } from '@/api/types';
import { AskAgreement } from '@/app/AskAgreement';
import { TopBar } from '@/app/TopBar';
import { useAgreementAsked } from '@/shared/hooks/useAgreement';
import { meQuery } from '@/shared/hooks/useSession';
import { credits, money } from '@/shared/lib/format';
import { leave } from '@/shared/lib/leave';
import { packagesQuery, providerName } from '@/shared/payments/payments';
import { isOver, subscriptionQuery } from '@/shared/payments/subscription';
import { FaultNote } from '@/shared/ui/FaultNote';
import classes from './PricingPage.module.css';
import { usePurchase } from './usePurchase';

/** Plans and packs, for visitors and for those who are signed in. */
export function PricingPage() {
  const { t } = useTranslation('pricing');
  const { t: tc } = useTranslation();
  const known = maybeSignedIn();
  const offer = useQuery(packagesQuery);
  const purchase = usePurchase();
  const { buy, going } = purchase;
  const me = useQuery({ ...meQuery, enabled: purchase.known }).data;
  const subscription = useQuery({ ...subscriptionQuery, enabled: purchase.known }).data;
  const running = subscription && !isOver(subscription) ? subscription : null;
  const agreement = useAgreementAsked(purchase.known);
  const busy = (id: string) => (going && (going.packageId ?? going.planId) === id ? going.provider : null);
  return (
    <div className={classes.root}>
      <TopBar>
        <Button
          component={Link}
          to={known ? '/credits' : '/sign-in'}
          variant="default"
          className={classes.aside ?? ''}
        >
          {t(known ? 'toCredits' : 'signIn')}
        </Button>
      </TopBar>
      <main>
        <section className={classes.lead}>
          <h1>{t('title')}</h1>
          <p>{t('lead')}</p>
        </section>
        {offer.isError ? <FaultNote error={offer.error} onRetry={() => void offer.refetch()} /> : null}
        {buy.isError ? <FaultNote error={buy.error} /> : null}
        {purchase.fault ? <FaultNote error={purchase.fault} /> : null}
        {purchase.away ? (
          <div className={classes.simply} role="status">
            <p>{t(purchase.waiting ? 'away.waiting' : 'away.looking')}</p>
            {purchase.waiting ? (
              <Button variant="default" onClick={purchase.drop}>
                {t('away.drop')}
              </Button>
            ) : null}
          </div>
        ) : null}
        {buy.data?.because ? (
          <div className={classes.simply} role="status">
            <p>{t(buy.data.because === 'database' ? 'simply.database' : 'simply.provider')}</p>
            <Button onClick={() => leave(buy.data.checkoutUrl)}>{t('simply.go')}</Button>
          </div>
        ) : null}
        {offer.isPending ? <Skeleton height={320} radius="lg" aria-label={tc('loading')} /> : null}
        {offer.data ? (
          <>
            <section aria-labelledby="plans">
              <h2 id="plans">{t('plans')}</h2>
              <ul className={classes.cards}>
                {offer.data.plans.map((p) => (
                  <PlanCard
                    key={p.id}
                    plan={p}
                    current={(running?.subscribedPlan ?? me?.subscription.plan) === p.id}
                    running={running}
                    busy={busy(p.id)}
                    onBuy={(provider) => purchase.choose({ provider, planId: p.id })}
                  />
                ))}
              </ul>
            </section>
            <section aria-labelledby="packs">
              <h2 id="packs">{t('packs')}</h2>
              <p className={classes.note}>{t('packsNote')}</p>
              <ul className={classes.cards}>
                {offer.data.packages.map((p) => (
                  <PackCard
                    key={p.id}
                    pack={p}
                    busy={busy(p.id)}
                    onBuy={(provider) => purchase.choose({ provider, packageId: p.id })}
                  />
                ))}
              </ul>
            </section>
          </>
        ) : null}
      </main>
      <footer className={classes.footer}>{t('footer')}</footer>
      <AskAgreement agreement={agreement} />
    </div>
  );
}

interface PlanProps {
  plan: Plan;
  current: boolean;
  /** The reader's subscription, which is changed instead of beginning another. */
  running: Subscription | null;
  /** The provider whose page is being opened. */
  busy: string | null;
  onBuy: (provider: string) => void;
}

function PlanCard({ plan: p, current, running, busy, onBuy }: PlanProps) {
  const { t } = useTranslation('pricing');
  return (
    <li className={classes.card} data-current={current || undefined}>
      <div className={classes.name}>
        <h3>{p.name}</h3>
        {current ? (
          <Badge variant="light" tt="none">
            {t('current')}
          </Badge>
        ) : null}
      </div>
      <p className={classes.price}>
        <strong className="tnum">{p.price ? money(p.price.amount, p.price.currency) : t('free')}</strong>
        {p.price ? <span>{t('perMonth')}</span> : null}
      </p>
      <p className={classes.gets}>{t('monthly', { credits: credits(p.monthlyCredits) })}</p>
      <p className={classes.what}>{p.description}</p>
      {p.price && !current && !running ? (
        <BuyButton label={t('subscribe')} what={p.name} providers={p.providers} busy={busy} onBuy={onBuy} />
      ) : null}
      {p.price && (current || running) ? (
        <Button component={Link} to="/subscription" variant="default">
          {current || running?.endsAt ? t('manage') : t('change', { plan: p.name })}
        </Button>
      ) : null}
    </li>
  );
}

function PackCard({
  pack: p,
  busy,
  onBuy,
}: {
  pack: Package;
  /** The provider whose page is being opened. */
  busy: string | null;
  onBuy: (provider: string) => void;
}) {
  const { t } = useTranslation('pricing');
  return (
    <li className={classes.card}>
      <h3>{p.name}</h3>
      <p className={classes.price}>
        <strong className="tnum">{money(p.price.amount, p.price.currency)}</strong>
      </p>
      <p className={classes.gets}>
        {t('rate', { price: money((p.price.amount * 100) / p.credits, p.price.currency) })}
      </p>
      <p className={classes.what}>{p.description}</p>
      <BuyButton label={t('buy')} what={p.name} providers={p.providers} busy={busy} onBuy={onBuy} />
    </li>
  );
}

interface BuyProps {
  label: string;
  /** Named for those who hear the button without seeing its card. */
  what: string;
  providers: readonly string[];
  /** The provider whose page is being opened. */
  busy: string | null;
  onBuy: (provider: string) => void;
}

/** One button for each way to pay; a word where there is none. */
function BuyButton({ label, what, providers, busy, onBuy }: BuyProps) {
  const { t } = useTranslation('pricing');
  const name = `${label}: ${what}`;
  const [first] = providers;
  if (first === undefined) return <p className={classes.closed}>{t('closed')}</p>;
  if (!maybeSignedIn())
    return (
      <Button
        renderRoot={(props) => <Link to="/sign-in" search={{ next: '/pricing' }} {...props} />}
        aria-label={name}
      >
        {label}
      </Button>
    );
  if (providers.length === 1)
    return (
      <Button loading={busy !== null} onClick={() => onBuy(first)} aria-label={name}>
        {label}
      </Button>
    );
  return (
    <div className={classes.ways}>
      {providers.map((p, i) => (
        <Button
          key={p}
          variant={i === 0 ? 'filled' : 'default'}
          loading={busy === p}
          disabled={busy !== null && busy !== p}
          aria-label={`${name} · ${providerName(p)}`}
          onClick={() => onBuy(p)}
        >
          {t('with', { provider: providerName(p) })}
        </Button>
      ))}
    </div>
  );
}
