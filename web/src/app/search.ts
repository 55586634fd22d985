// What the address bar may hold, per page. Anything else is dropped, never an error page.

type Raw = Record<string, unknown>;

/** The router reads `?q=2024` as a number; a search for it is text all the same. */
const text = (v: unknown) => {
  if (typeof v === 'number') return String(v);
  return typeof v === 'string' && v !== '' ? v : undefined;
};
const like = (v: unknown, shape: RegExp) => (typeof v === 'string' && shape.test(v) ? v : undefined);
const oneOf = <const T extends readonly string[]>(v: unknown, allowed: T): T[number] | undefined =>
  allowed.find((a) => a === v);

/** Only a path of this app: a foreign address in a link to the sign-in page goes nowhere. */
const inside = (v: unknown) => like(v, /^\/(?![/\\])/);
const day = (v: unknown) => like(v, /^\d{4}-\d{2}-\d{2}$/);

export interface SignInSearch {
  next?: string | undefined;
  why?: 'expired' | undefined;
}
export const signInSearch = (raw: Raw): SignInSearch => ({
  next: inside(raw['next']),
  why: oneOf(raw['why'], ['expired']),
});

export interface CallbackSearch {
  next?: string | undefined;
  provider?: string | undefined;
  step?: 'link' | 'code' | undefined;
  error?: string | undefined;
}
export const callbackSearch = (raw: Raw): CallbackSearch => ({
  next: inside(raw['next']),
  provider: like(raw['provider'], /^[a-z0-9-]{1,32}$/),
  step: oneOf(raw['step'], ['link', 'code']),
  error: like(raw['error'], /^[A-Z_]{1,60}$/),
});

export interface SetupSearch {
  token?: string | undefined;
}
export const setupSearch = (raw: Raw): SetupSearch => ({ token: text(raw['token']) });

export interface SpeechSearch {
  voice?: string | undefined;
  /** Paid with a provider key of one's own. */
  own?: true | undefined;
}
export const speechSearch = (raw: Raw): SpeechSearch => ({
  voice: text(raw['voice']),
  own: raw['own'] === true ? true : undefined,
});

export const SORTS = ['newest', 'oldest', 'title', 'longest'] as const;
export const TABS = ['text', 'receipt'] as const;

export interface LibrarySearch {
  q?: string | undefined;
  tag?: string | undefined;
  sort?: (typeof SORTS)[number] | undefined;
  bin?: true | undefined;
  open?: string | undefined;
  tab?: (typeof TABS)[number] | undefined;
}
export const librarySearch = (raw: Raw): LibrarySearch => ({
  q: text(raw['q']),
  tag: text(raw['tag']),
  sort: oneOf(raw['sort'], SORTS),
  bin: raw['bin'] === true ? true : undefined,
  open: text(raw['open']),
  tab: oneOf(raw['tab'], TABS),
});

export interface CreditsSearch {
  kind?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}
export const creditsSearch = (raw: Raw): CreditsSearch => ({
  kind: text(raw['kind']),
  from: day(raw['from']),
  to: day(raw['to']),
});

export interface UsageSearch {
  days?: number | undefined;
  from?: string | undefined;
  to?: string | undefined;
  service?: string | undefined;
  model?: string | undefined;
  everyone?: true | undefined;
}
export const usageSearch = (raw: Raw): UsageSearch => ({
  days: [7, 30, 90, 365].find((n) => n === raw['days']),
  from: day(raw['from']),
  to: day(raw['to']),
  service: text(raw['service']),
  model: text(raw['model']),
  everyone: raw['everyone'] === true ? true : undefined,
});

export interface CheckoutSearch {
  /** The buyer left the provider's page without paying. */
  canceled?: true | undefined;
  /** Stripe sends here whoever has paid. */
  session_id?: string | undefined;
}
export const checkoutSearch = (raw: Raw): CheckoutSearch => ({
  canceled: raw['canceled'] === true || raw['canceled'] === 1 ? true : undefined,
  session_id: like(raw['session_id'], /^cs_\w{1,200}$/),
});

export interface OrdersSearch {
  state?: string | undefined;
  provider?: string | undefined;
  user?: string | undefined;
}
export const ordersSearch = (raw: Raw): OrdersSearch => ({
  state: text(raw['state']),
  provider: text(raw['provider']),
  user: like(raw['user'], /^[0-9a-f-]{36}$/),
});

export interface BooksSearch {
  from?: string | undefined;
  to?: string | undefined;
}
export const booksSearch = (raw: Raw): BooksSearch => ({ from: day(raw['from']), to: day(raw['to']) });

export interface WebhooksSearch {
  state?: 'waiting' | 'applied' | 'nothing' | 'refused' | undefined;
}
export const webhooksSearch = (raw: Raw): WebhooksSearch => ({
  state: oneOf(raw['state'], ['waiting', 'applied', 'nothing', 'refused']),
});

export interface UsersSearch {
  q?: string | undefined;
  role?: 'user' | 'premium' | 'admin' | undefined;
  status?: 'active' | 'disabled' | undefined;
}
export const usersSearch = (raw: Raw): UsersSearch => ({
  q: text(raw['q']),
  role: oneOf(raw['role'], ['user', 'premium', 'admin']),
  status: oneOf(raw['status'], ['active', 'disabled']),
});

export interface AuditSearch {
  action?: string | undefined;
}
export const auditSearch = (raw: Raw): AuditSearch => ({ action: like(raw['action'], /^[a-z_.]{1,64}$/) });

export interface ModelsSearch {
  q?: string | undefined;
  kind?: string | undefined;
}
export const modelsSearch = (raw: Raw): ModelsSearch => ({ q: text(raw['q']), kind: text(raw['kind']) });

export interface ProvidersSearch {
  open?: string | undefined;
}
export const providersSearch = (raw: Raw): ProvidersSearch => ({ open: text(raw['open']) });

export const FLOW_LANES = ['stripe-pack', 'stripe-plan', 'creem-pack', 'creem-plan'] as const;

export interface FlowSearch {
  lane?: (typeof FLOW_LANES)[number] | undefined;
  back?: 'dispute' | undefined;
}
export const flowSearch = (raw: Raw): FlowSearch => ({
  lane: oneOf(raw['lane'], FLOW_LANES),
  back: oneOf(raw['back'], ['dispute']),
});
