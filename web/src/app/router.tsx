import type { QueryClient } from '@tanstack/react-query';
import {
  createBrowserHistory,
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  notFound,
  Outlet,
  redirect,
  type RouterHistory,
} from '@tanstack/react-router';
import { accessToken, maybeSignedIn } from '@/api/session';
import { loadNs } from '@/i18n';
import { creditsQuery, meQuery } from '@/shared/hooks/useSession';
import { flowOfferQuery } from '@/shared/payments/flowOffer';
import { packagesQuery } from '@/shared/payments/payments';
import { voicesQuery } from '@/shared/voices/voices';
import { arrivalQuery } from './arrival';
import { ErrorPage } from './ErrorPage';
import { NotFoundPage } from './NotFoundPage';
import {
  auditSearch,
  callbackSearch,
  booksSearch,
  checkoutSearch,
  creditsSearch,
  flowSearch,
  librarySearch,
  modelsSearch,
  ordersSearch,
  providersSearch,
  setupSearch,
  signInSearch,
  speechSearch,
  usageSearch,
  usersSearch,
  webhooksSearch,
} from './search';

const root = createRootRouteWithContext<{ queryClient: QueryClient }>()({ component: Outlet });

const landing = createRoute({
  getParentRoute: () => root,
  path: '/',
  loader: () => loadNs('landing'),
  component: lazyRouteComponent(() => import('@/features/landing/LandingPage'), 'LandingPage'),
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: signInSearch,
  loader: () => loadNs('auth'),
  component: lazyRouteComponent(() => import('@/features/auth/SignInPage'), 'SignInPage'),
});

const signUp = createRoute({
  getParentRoute: () => root,
  path: '/sign-up',
  validateSearch: signInSearch,
  loader: () => loadNs('auth'),
  component: lazyRouteComponent(() => import('@/features/auth/SignUpPage'), 'SignUpPage'),
});

const forgot = createRoute({
  getParentRoute: () => root,
  path: '/forgot-password',
  loader: () => loadNs('auth'),
  component: lazyRouteComponent(() => import('@/features/auth/ForgotPage'), 'ForgotPage'),
});

const reset = createRoute({
  getParentRoute: () => root,
  path: '/reset-password',
  loader: () => loadNs('auth'),
  component: lazyRouteComponent(() => import('@/features/auth/ResetPage'), 'ResetPage'),
});

const verify = createRoute({
  getParentRoute: () => root,
  path: '/verify-email',
  loader: () => loadNs('auth'),
  component: lazyRouteComponent(() => import('@/features/auth/VerifyPage'), 'VerifyPage'),
});

const pricing = createRoute({
  getParentRoute: () => root,
  path: '/pricing',
  loader: async ({ context: { queryClient } }) => {
    void queryClient.prefetchQuery(packagesQuery);
    await loadNs('pricing');
  },
  component: lazyRouteComponent(() => import('@/features/pricing/PricingPage'), 'PricingPage'),
});

const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  validateSearch: setupSearch,
  loader: () => loadNs('auth'),
  component: lazyRouteComponent(() => import('@/features/auth/SetupPage'), 'SetupPage'),
});

const callback = createRoute({
  getParentRoute: () => root,
  path: '/auth/callback',
  validateSearch: callbackSearch,
  loader: () => loadNs('auth'),
  component: lazyRouteComponent(() => import('@/features/auth/CallbackPage'), 'CallbackPage'),
});

const shell = createRoute({
  getParentRoute: () => root,
  id: 'app',
  component: lazyRouteComponent(() => import('./Shell'), 'Shell'),
  beforeLoad: async ({ location }) => {
    // without a network the shell still opens: drafts are on this device
    const token = await accessToken().catch(() => 'unreachable');
    if (token !== null) return;
    // oxlint-disable-next-line typescript/only-throw-error -- how the router is told to go elsewhere
    throw redirect({ to: '/sign-in', search: { next: location.href } });
  },
  loader: ({ context: { queryClient } }) => {
    if (!maybeSignedIn()) return;
    void queryClient.prefetchQuery(meQuery);
    void queryClient.prefetchQuery(creditsQuery);
  },
});

const speech = createRoute({
  getParentRoute: () => shell,
  path: '/studio/speech',
  validateSearch: speechSearch,
  loader: async ({ context: { queryClient } }) => {
    void queryClient.prefetchQuery(voicesQuery());
    await loadNs('speech');
  },
  component: lazyRouteComponent(() => import('@/features/studio/speech/SpeechPage'), 'SpeechPage'),
});

const library = createRoute({
  getParentRoute: () => shell,
  path: '/library',
  validateSearch: librarySearch,
  loader: () => loadNs('library'),
  component: lazyRouteComponent(() => import('@/features/library/LibraryPage'), 'LibraryPage'),
});

const creditsPage = createRoute({
  getParentRoute: () => shell,
  path: '/credits',
  validateSearch: creditsSearch,
  loader: () => loadNs('credits'),
  component: lazyRouteComponent(() => import('@/features/credits/CreditsPage'), 'CreditsPage'),
});

const purchases = createRoute({
  getParentRoute: () => shell,
  path: '/purchases',
  loader: () => loadNs('purchases'),
  component: lazyRouteComponent(() => import('@/features/purchases/PurchasesPage'), 'PurchasesPage'),
});

const subscription = createRoute({
  getParentRoute: () => shell,
  path: '/subscription',
  loader: () => loadNs('subscription'),
  component: lazyRouteComponent(() => import('@/features/subscription/SubscriptionPage'), 'SubscriptionPage'),
});

const checkout = createRoute({
  getParentRoute: () => shell,
  path: '/checkout/$orderId',
  validateSearch: checkoutSearch,
  loader: () => loadNs('purchases'),
  component: lazyRouteComponent(() => import('@/features/checkout/CheckoutPage'), 'CheckoutPage'),
});

/** Creem sends buyers here whatever they bought; its signed query says which purchase it was. */
const creemReturn = createRoute({
  getParentRoute: () => shell,
  path: '/checkout/creem',
  loader: async () => {
    await loadNs('purchases');
    return arrivalQuery;
  },
  component: lazyRouteComponent(() => import('@/features/checkout/CreemReturnPage'), 'CreemReturnPage'),
});

/** Beside a simulator only; elsewhere there is no such page. */
const paymentFlow = createRoute({
  getParentRoute: () => shell,
  path: '/test-payment-flow',
  validateSearch: flowSearch,
  beforeLoad: async ({ context: { queryClient } }) => {
    // oxlint-disable-next-line typescript/only-throw-error -- how the router is told that there is no page
    if ((await queryClient.ensureQueryData(flowOfferQuery)) === null) throw notFound();
  },
  loader: () => Promise.all([loadNs('flow'), loadNs('purchases')]),
  component: lazyRouteComponent(() => import('@/features/dev/payments/PaymentFlowPage'), 'PaymentFlowPage'),
});

const usage = createRoute({
  getParentRoute: () => shell,
  path: '/usage',
  validateSearch: usageSearch,
  loader: () => loadNs('usage'),
  component: lazyRouteComponent(() => import('@/features/usage/UsagePage'), 'UsagePage'),
});

const keys = createRoute({
  getParentRoute: () => shell,
  path: '/keys',
  loader: () => loadNs('keys'),
  component: lazyRouteComponent(() => import('@/features/keys/KeysPage'), 'KeysPage'),
});

const providerKeys = createRoute({
  getParentRoute: () => shell,
  path: '/provider-keys',
  loader: () => loadNs('providerKeys'),
  component: lazyRouteComponent(
    () => import('@/features/provider-keys/ProviderKeysPage'),
    'ProviderKeysPage',
  ),
});

const account = createRoute({
  getParentRoute: () => shell,
  path: '/account',
  loader: () => loadNs('account'),
  component: lazyRouteComponent(() => import('@/features/account/AccountPage'), 'AccountPage'),
});

/** Pages of the operator. For others they do not exist; the server refuses them in any case. */
const admin = createRoute({
  getParentRoute: () => shell,
  path: '/admin',
  beforeLoad: async ({ context: { queryClient } }) => {
    const me = await queryClient.ensureQueryData(meQuery);
    // oxlint-disable-next-line typescript/only-throw-error -- how the router is told that there is no page
    if (me.role !== 'admin') throw notFound();
  },
  loader: () => loadNs('admin'),
});

const providers = createRoute({
  getParentRoute: () => admin,
  path: '/providers',
  validateSearch: providersSearch,
  component: lazyRouteComponent(() => import('@/features/admin/providers/ProvidersPage'), 'ProvidersPage'),
});

const models = createRoute({
  getParentRoute: () => admin,
  path: '/models',
  validateSearch: modelsSearch,
  component: lazyRouteComponent(() => import('@/features/admin/models/ModelsPage'), 'ModelsPage'),
});

const orders = createRoute({
  getParentRoute: () => admin,
  path: '/orders',
  validateSearch: ordersSearch,
  loader: () => Promise.all([loadNs('orders'), loadNs('purchases')]),
  component: lazyRouteComponent(() => import('@/features/admin/orders/OrdersPage'), 'OrdersPage'),
});

const webhooks = createRoute({
  getParentRoute: () => admin,
  path: '/webhooks',
  validateSearch: webhooksSearch,
  loader: () => loadNs('orders'),
  component: lazyRouteComponent(() => import('@/features/admin/webhooks/WebhooksPage'), 'WebhooksPage'),
});

const books = createRoute({
  getParentRoute: () => admin,
  path: '/books',
  validateSearch: booksSearch,
  loader: () => loadNs('orders'),
  component: lazyRouteComponent(() => import('@/features/admin/books/BooksPage'), 'BooksPage'),
});

const users = createRoute({
  getParentRoute: () => admin,
  path: '/users',
  validateSearch: usersSearch,
  component: lazyRouteComponent(() => import('@/features/admin/users/UsersPage'), 'UsersPage'),
});

const audit = createRoute({
  getParentRoute: () => admin,
  path: '/audit',
  validateSearch: auditSearch,
  component: lazyRouteComponent(() => import('@/features/admin/audit/AuditPage'), 'AuditPage'),
});

const routeTree = root.addChildren([
  landing,
  signIn,
  signUp,
  forgot,
  reset,
  verify,
  pricing,
  setup,
  callback,
  shell.addChildren([
    speech,
    library,
    creditsPage,
    purchases,
    subscription,
    checkout,
    creemReturn,
    paymentFlow,
    usage,
    keys,
    providerKeys,
    account,
    admin.addChildren([users, audit, providers, models, orders, webhooks, books]),
  ]),
]);

export function makeRouter(queryClient: QueryClient, history: RouterHistory = createBrowserHistory()) {
  return createRouter({
    routeTree,
    history,
    context: { queryClient },
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    defaultErrorComponent: ErrorPage,
    defaultNotFoundComponent: NotFoundPage,
    scrollRestoration: true,
    defaultViewTransition: false,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
