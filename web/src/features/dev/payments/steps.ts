import { createIntent } from '@/api/idempotency';
import { api, ApiError, unwrap } from '@/api/client';
import type { Credits, Entry, Order } from '@/api/types';
import { i18n } from '@/i18n';
import { credits, exactCredits, money } from '@/shared/lib/format';
import { isOpen, providerName, stateName } from '@/shared/payments/payments';
import { faultText } from '@/shared/ui/faultText';
import { endSubscription, look, pay, takeBack, type FlowEvent } from './dev';
import { isPlan, providerOf, type Back, type Finding, type LaneId, type Say, type StepId } from './flow';

/** What a purchase has come to know on its way. */
export interface Purchase {
  lane: LaneId;
  provider: string;
  back: Back;
  item: { id: string; name: string; price: number; currency: string; credits: number };
  /** Before anything was bought. */
  before: { net: number; plan: string; lastEntry: string | null };
  orderId: string;
  checkoutUrl: string;
  returnUrl: string;
}

export const newPurchase = (lane: LaneId): Purchase => ({
  lane,
  provider: providerOf(lane),
  back: 'refund',
  item: { id: '', name: '', price: 0, currency: 'usd', credits: 0 },
  before: { net: 0, plan: '', lastEntry: null },
  orderId: '',
  checkoutUrl: '',
  returnUrl: '',
});

/** How long notices may take before a step says that they did not come. */
const PATIENCE = 12_000;
const PAUSE = 250;

/** Asks until it is settled or patience is at its end; answers with what came last. */
async function until<T>(
  get: () => Promise<T>,
  settled: (value: T) => boolean,
  patience = PATIENCE,
): Promise<T> {
  const end = performance.now() + patience;
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- asked again only when the answer has come
    const value = await get();
    if (settled(value) || performance.now() > end) return value;
    // oxlint-disable-next-line no-await-in-loop
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}

const orderOf = (id: string) => unwrap(api.GET('/api/payments/orders/{id}', { params: { path: { id } } }));
const balance = () => unwrap(api.GET('/api/credits', {}));
const entries = () =>
  unwrap(api.GET('/api/credits/entries', { params: { query: { limit: 50 } } })).then((p) => p.items);
const subscription = () => unwrap(api.GET('/api/subscription', {}));

/** What is owed is below zero; what is set aside for work is still there. */
const netOf = (c: Credits) => micro(c.remainingCredits + c.heldCredits - c.debt);
/** Sums of numbers with six decimal places, without the dust. */
const micro = (n: number) => Math.round(n * 1e6) / 1e6;

async function newEntries({ before }: Purchase): Promise<Entry[]> {
  const all = await entries();
  const known = all.findIndex((e) => e.id === before.lastEntry);
  return known < 0 ? all : all.slice(0, known);
}

const sum = (lines: readonly Entry[]) => micro(lines.reduce((total, e) => total + e.amount, 0));

const standing = (order: Order): Say => {
  const { state, amount, currency } = order;
  return (t) =>
    t('standing', {
      state: stateName(i18n.getFixedT(null, 'purchases'), state),
      price: money(amount, currency),
    });
};

export const STEPS: Record<StepId, (p: Purchase) => Promise<Finding>> = {
  order: async (p) => {
    p.item = await itemFor(p);
    const [has, lines, plan] = await Promise.all([balance(), entries(), subscription()]);
    p.before = { net: netOf(has), plan: plan.plan, lastEntry: lines[0]?.id ?? null };
    const body = isPlan(p.lane) ? { planId: p.item.id } : { packageId: p.item.id };
    const params = { header: { 'Idempotency-Key': createIntent().keyFor(body) } };
    const made =
      p.provider === 'creem'
        ? await unwrap(api.POST('/api/payments/creem-advanced', { body, params }))
        : await unwrap(api.POST('/api/payments/stripe', { body, params }));
    const { name, price, currency } = p.item;
    const expected: Say = (t) => t('order.expected', { name, price: money(price, currency) });
    if ('way' in made && made.way !== 'order')
      return {
        ok: false,
        expected,
        came: (t) => t('order.simply', { way: made.way }),
        cure: (t) => t('order.simplyCure'),
      };
    p.orderId = made.orderId ?? '';
    p.checkoutUrl = made.checkoutUrl;
    const order = await orderOf(p.orderId);
    return {
      ok:
        isOpen(order) &&
        order.amount === price &&
        order.currency === currency &&
        order.credits === p.item.credits,
      expected,
      came: standing(order),
      cure: (t) => t('order.cure'),
    };
  },

  page: async (p) => {
    const sight = await look(p.orderId);
    const [provider, host, status] = [providerName(p.provider), new URL(p.checkoutUrl).host, sight.page];
    return {
      ok: status === 200,
      expected: (t) => t('page.expected', { provider }),
      came: (t) => (status ? t('page.came', { host, status }) : t('page.nobody', { host })),
      cure: (t) => t('page.cure'),
    };
  },

  pay: async (p) => {
    p.returnUrl = (await pay(p.orderId)).returnUrl;
    const { host, pathname } = new URL(p.returnUrl);
    return {
      ok: pathname.startsWith('/checkout/'),
      expected: (t) => t('pay.expected'),
      came: (t) => t('pay.came', { where: host + pathname }),
      cure: (t) => t('pay.cure'),
    };
  },

  return: (p) => (p.provider === 'creem' ? backFromCreem(p) : backFromStripe(p)),

  webhook: async (p) => {
    const { events } = await until(
      () => look(p.orderId),
      ({ events: e }) => e.some(tookEffect) || (e.length > 0 && e.every(isOver)),
    );
    const ok = events.some(tookEffect) && !events.some((e) => e.state === 'refused');
    const provider = providerName(p.provider);
    const expected: Say = (t) => t('webhook.expected', { provider });
    return { ok, expected, came: told(events), cure: cureFor(events, p.provider), events };
  },

  paid: async (p) => {
    let order = await until(
      () => orderOf(p.orderId),
      (o) => o.state === 'paid',
      4000,
    );
    const asked = isOpen(order);
    if (asked)
      order = await unwrap(
        api.POST('/api/payments/orders/{id}/recheck', { params: { path: { id: p.orderId } } }),
      );
    const provider = providerName(p.provider);
    return {
      ok: order.state === 'paid',
      expected: (t) => t('paid.expected'),
      came: (t) => (asked && order.state === 'paid' ? t('paid.asked', { provider }) : standing(order)(t)),
      cure: (t) => t('paid.cure', { provider }),
    };
  },

  credits: async (p) => {
    const [has, lines] = await Promise.all([balance(), newEntries(p)]);
    const grown = micro(netOf(has) - p.before.net);
    const due = p.item.credits;
    const values = { credits: credits(due), from: credits(p.before.net), to: credits(netOf(has)) };
    return {
      // a plan's first period may also replace what was left of the plan before it
      ok: isPlan(p.lane) ? grown === sum(lines) && grown > 0 : grown === due,
      expected: (t) => t('credits.expected', values),
      came: (t) => t('credits.came', values),
      cure: (t) => t('credits.cure'),
    };
  },

  entry: async (p) => {
    const grants = (await newEntries(p)).filter((e) => e.kind === 'grant' && e.amount === p.item.credits);
    const [line] = grants;
    const due = credits(p.item.credits);
    return {
      ok: grants.length === 1,
      expected: (t) => t('entry.expected', { credits: due }),
      came: (t) =>
        line && grants.length === 1
          ? t('entry.came', { id: line.id, credits: due })
          : t('entry.wrong', { count: grants.length }),
      cure: (t) => t('entry.cure'),
    };
  },

  books: async () => books(),

  back: async (p) => {
    await takeBack(p.orderId, p.back);
    const wanted = p.back === 'refund' ? 'refunded' : 'disputed';
    const order = await until(
      () => orderOf(p.orderId),
      (o) => o.state === wanted,
    );
    const { events } = await look(p.orderId);
    const provider = providerName(p.provider);
    return {
      ok: order.state === wanted,
      expected: (t) => t(`back.${p.back}`, { provider }),
      came: standing(order),
      cure: cureFor(events.slice(-6), p.provider),
      events,
    };
  },

  end: async (p) => {
    await endSubscription();
    const now = await until(subscription, (s) => s.plan === p.before.plan);
    return {
      ok: now.plan === p.before.plan,
      expected: (t) => t('end.expected'),
      came: (t) => t('end.came', { plan: now.planName, status: now.status }),
      cure: (t) => t('end.cure'),
    };
  },

  gone: async (p) => {
    const gone = async () => {
      const [has, lines, own] = await Promise.all([balance(), newEntries(p), ownBooks()]);
      return { net: netOf(has), added: sum(lines), closes: own.closes };
    };
    const now = await until(gone, (n) => n.net <= p.before.net, 5000);
    const values = { from: credits(p.before.net), to: credits(now.net) };
    return {
      ok: now.net <= p.before.net && micro(now.net - p.before.net) === now.added && now.closes,
      expected: (t) => t('gone.expected', values),
      came: (t) => (now.closes ? t('gone.came', values) : t('gone.open', values)),
      cure: (t) => t('gone.cure'),
    };
  },
};

/** At the provider at once, and here when its notice has come. */
export async function endAndWait() {
  await endSubscription();
  return until(subscription, ({ status }) => ['none', 'canceled', 'expired'].includes(status));
}

/** A step that a call threw out of: refused by the server, or nobody there. */
export function troubled(step: StepId, error: unknown): Finding {
  const subscribed = error instanceof ApiError && error.code === 'ALREADY_SUBSCRIBED';
  return {
    ok: false,
    expected: (t) => t('trouble.expected', { step: t(`step.${step}`) }),
    came: () => faultText(error),
    cure: (t) => (subscribed ? t('trouble.subscribed') : t('trouble.cure')),
    fix: subscribed ? 'endSubscription' : undefined,
  };
}

async function itemFor({ lane, provider }: Purchase): Promise<Purchase['item']> {
  const offer = await unwrap(api.GET('/api/packages', {}));
  if (isPlan(lane)) {
    const plan = offer.plans.find((p) => p.price && p.providers.includes(provider));
    if (plan?.price)
      return {
        ...plan.price,
        price: plan.price.amount,
        id: plan.id,
        name: plan.name,
        credits: plan.monthlyCredits,
      };
  }
  const pack = offer.packages.find((p) => p.providers.includes(provider));
  if (!pack || isPlan(lane)) throw new Error(`nothing is sold through ${provider}`);
  return { ...pack.price, price: pack.price.amount, id: pack.id, name: pack.name, credits: pack.credits };
}

const bring = (query: string) => unwrap(api.POST('/api/payments/creem/return', { body: { query } }));

/** Creem signs the address: the right one says which order it was, one with a changed letter says nothing. */
async function backFromCreem(p: Purchase): Promise<Finding> {
  const query = new URL(p.returnUrl).search.slice(1);
  const forged = await bring(query.replace(/checkout_id=ch_./, 'checkout_id=ch_x')).then(
    () => 'accepted',
    (e: unknown) => (e instanceof ApiError ? e.code : 'accepted'),
  );
  const order = await bring(query);
  const refused = forged === 'SIGNATURE_INVALID';
  return {
    ok: order.id === p.orderId && refused,
    expected: (t) => t('return.creem'),
    came: (t) => (refused ? standing(order)(t) : t('return.forged', { code: forged })),
    cure: (t) => t('return.creemCure'),
  };
}

/** Stripe signs nothing on the way back: the address only says which order to look at, and grants nothing. */
async function backFromStripe(p: Purchase): Promise<Finding> {
  const { pathname, searchParams } = new URL(p.returnUrl);
  const order = await orderOf(pathname.split('/').at(-1) ?? '');
  const session = searchParams.get('session_id');
  const { checkoutId } = await look(p.orderId);
  return {
    ok: order.id === p.orderId && session !== null && session === checkoutId,
    expected: (t) => t('return.stripe'),
    came: standing(order),
    cure: (t) => t('return.stripeCure'),
  };
}

const ownBooks = () => unwrap(api.GET('/api/credits/books', {}));

async function books(): Promise<Finding> {
  const own = await ownBooks();
  const drift = exactCredits(own.ledger.drift);
  return {
    ok: own.closes && own.ledger.drift === 0,
    expected: (t) => t('books.expected'),
    came: (t) => (own.closes ? t('books.came', { drift }) : t('books.open', { drift })),
    cure: (t) => t('books.cure'),
  };
}

const tookEffect = (e: FlowEvent) => e.state === 'applied';
const isOver = (e: FlowEvent) =>
  e.delivery === 'lost' || (e.delivery === 'delivered' && e.state !== 'waiting');

/** What is wrong with the notices, the gravest first; null when nothing is. */
function troubleOf(events: readonly FlowEvent[]) {
  if (events.length === 0) return 'none';
  if (events.some((e) => e.state === 'refused')) return 'refused';
  if (events.some(tookEffect)) return null;
  if (events.some((e) => e.status === 400 || e.status === 401)) return 'forged';
  if (events.some((e) => e.status >= 500)) return 'failing';
  if (events.some((e) => e.delivery === 'lost' && e.attempts === 0)) return 'lost';
  if (events.some((e) => e.delivery === 'held')) return 'held';
  if (events.some((e) => e.state === 'waiting')) return 'waiting';
  return events.every((e) => e.delivery === 'lost') ? 'unreachable' : 'late';
}

function told(events: readonly FlowEvent[]): Say {
  const trouble = troubleOf(events);
  const applied = events.filter(tookEffect).length;
  if (trouble === null) return (t) => t('webhook.came', { count: applied, total: events.length });
  const status = events.find((e) => e.status >= 400)?.status ?? 0;
  const error = events.find((e) => e.error)?.error ?? '';
  return (t) => t(`webhook.${trouble}`, { count: events.length, status, error });
}

function cureFor(events: readonly FlowEvent[], provider: string): Say {
  const trouble = troubleOf(events) ?? 'late';
  const setting = `${provider.toUpperCase()}_WEBHOOK_SECRET`;
  return (t) => t(`cure.${trouble}`, { provider: providerName(provider), setting });
}
