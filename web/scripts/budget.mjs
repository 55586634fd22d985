// Fails the build when what the browser must load first outgrows its budget. Reads Vite's manifest and
// adds up the static import closure of an entry (plus the named lazy route chunks), gzip level 9.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const m = JSON.parse(readFileSync('dist/.vite/manifest.json', 'utf8'));
const kb = (f) => gzipSync(readFileSync(`dist/${f}`), { level: 9 }).length / 1024;
const entry = Object.keys(m).find((k) => m[k].isEntry);

function closure(keys) {
  const seen = new Set(),
    js = new Set(),
    css = new Set();
  const walk = (k) => {
    if (seen.has(k)) return;
    seen.add(k);
    const c = m[k];
    if (c.file.endsWith('.js')) js.add(c.file);
    for (const f of c.css ?? []) css.add(f);
    for (const i of c.imports ?? []) walk(i);
  };
  keys.forEach(walk);
  const sum = (s) => [...s].reduce((a, f) => a + kb(f), 0);
  return {
    js: sum(js),
    css: sum(css),
    files: js.size + css.size,
    list: [...js, ...css].map((f) => [f, kb(f)]),
  };
}

const common = 'src/i18n/locales/en/common.json';
const shell = 'src/app/Shell.tsx';
const page = (component, texts) => [
  shell,
  `src/features/${component}.tsx`,
  `src/i18n/locales/en/${texts}.json`,
  common,
];
const pages = {
  entry: [[], 180, 12],
  landing: [['src/features/landing/LandingPage.tsx', 'src/i18n/locales/en/landing.json', common], 180, 14],
  pricing: [['src/features/pricing/PricingPage.tsx', 'src/i18n/locales/en/pricing.json', common], 185, 16],
  sign_in: [['src/features/auth/SignInPage.tsx', 'src/i18n/locales/en/auth.json', common], 225, 22],
  speech: [page('studio/speech/SpeechPage', 'speech'), 215, 22],
  library: [page('library/LibraryPage', 'library'), 225, 22],
  credits: [page('credits/CreditsPage', 'credits'), 225, 22],
  purchases: [page('purchases/PurchasesPage', 'purchases'), 225, 22],
  subscription: [page('subscription/SubscriptionPage', 'subscription'), 225, 22],
  checkout: [page('checkout/CheckoutPage', 'purchases'), 225, 22],
  payment_flow: [page('dev/payments/PaymentFlowPage', 'flow'), 225, 22],
  usage: [page('usage/UsagePage', 'usage'), 225, 22],
  keys: [page('keys/KeysPage', 'keys'), 225, 22],
  provider_keys: [page('provider-keys/ProviderKeysPage', 'providerKeys'), 225, 22],
  providers: [page('admin/providers/ProvidersPage', 'admin'), 225, 22],
  models: [page('admin/models/ModelsPage', 'admin'), 225, 22],
  orders: [page('admin/orders/OrdersPage', 'orders'), 225, 22],
  webhooks: [page('admin/webhooks/WebhooksPage', 'orders'), 225, 22],
  books: [page('admin/books/BooksPage', 'orders'), 225, 22],
  account: [page('account/AccountPage', 'account'), 225, 22],
};

let bad = false;
for (const [name, [extra, maxJs, maxCss]] of Object.entries(pages)) {
  const c = closure([entry, ...extra]);
  const over = c.js > maxJs || c.css > maxCss;
  bad ||= over;
  console.log(
    `${over ? 'OVER ' : 'ok   '}${name.padEnd(8)} js ${c.js.toFixed(1)} / ${maxJs} kB gzip   css ${c.css.toFixed(1)} / ${maxCss} kB gzip   ${c.files} files`,
  );
  if (process.argv.includes('-v'))
    for (const [f, n] of c.list.toSorted((a, b) => b[1] - a[1]))
      console.log('      ', n.toFixed(1).padStart(6), f);
}
process.exitCode = bad ? 1 : 0;
