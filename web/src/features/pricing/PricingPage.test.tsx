import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { delay, http } from 'msw';
import { beforeEach, expect, test, vi } from 'vitest';
import type { Package, Plan } from '@/api/types';
import { renderAt } from '@/test/render';
import { agreement, subscription, user as person } from '@/test/samples';
import { ok, refuse, server } from '@/test/server';

const went = vi.fn<(url: string) => void>();
vi.mock('@/shared/lib/leave', () => ({ leave: (url: string) => went(url) }));

const plan = (p: Partial<Plan> = {}): Plan => ({
  id: 'pro',
  name: 'Pro',
  description: 'For a busy studio.',
  monthlyCredits: 5000,
  price: { amount: 1900, currency: 'usd' },
  providers: ['stripe'],
  ...p,
});
const pack = (p: Partial<Package> = {}): Package => ({
  id: 'small',
  name: 'Small pack',
  description: 'A start.',
  credits: 1000,
  price: { amount: 550, currency: 'usd' },
  providers: ['stripe'],
  ...p,
});

let offer: { plans: Plan[]; packages: Package[] };
const orders: { body: unknown; key: string | null }[] = [];
beforeEach(() => {
  went.mockReset();
  orders.length = 0;
  offer = {
    plans: [plan({ id: 'free', name: 'Free', price: null, providers: [] }), plan()],
    packages: [pack()],
  };
  server.use(
    http.get('*/api/packages', () => ok(offer)),
    http.post('*/api/payments/stripe', async ({ request }) => {
      orders.push({ body: await request.json(), key: request.headers.get('Idempotency-Key') });
      return ok({ orderId: 'o1', checkoutUrl: 'https://pay.example/cs_1' });
    }),
  );
});

test('plans and packs stand with their prices, and the reader sees which plan is theirs', async () => {
  await renderAt('/pricing');
  const pro = within((await screen.findByRole('heading', { name: 'Pro' })).closest('li') ?? document.body);
  expect(pro.getByText('$19')).toBeVisible();
  expect(pro.getByText('5,000 credits a month')).toBeVisible();
  expect(screen.getByText('$5.50')).toBeVisible();
  const free = within(screen.getByRole('heading', { name: 'Free', level: 3 }).closest('li') ?? document.body);
  expect(await free.findByText('Your plan')).toBeVisible();
  expect(free.queryByRole('button')).toBeNull();
});

test('buying opens one order and goes to its page', async () => {
  const user = userEvent.setup();
  await renderAt('/pricing');
  await user.click(await screen.findByRole('button', { name: 'Buy: Small pack' }));
  await waitFor(() => expect(went).toHaveBeenCalledWith('https://pay.example/cs_1'));
  expect(orders).toEqual([
    { body: { packageId: 'small' }, key: expect.stringMatching(/^[0-9a-f]{32}$/) as unknown },
  ]);
});

test('a second try after an unclear end is the same order', async () => {
  const user = userEvent.setup();
  server.use(
    http.post(
      '*/api/payments/stripe',
      async ({ request }) => {
        orders.push({ body: await request.json(), key: request.headers.get('Idempotency-Key') });
        return refuse(503, 'DATABASE_UNAVAILABLE', 'Not now.');
      },
      { once: true },
    ),
  );
  await renderAt('/pricing');
  const buy = await screen.findByRole('button', { name: 'Subscribe: Pro' });
  await user.click(buy);
  expect(await screen.findByRole('alert')).toHaveTextContent('Not now.');
  await user.click(buy);
  await waitFor(() => expect(went).toHaveBeenCalled());
  expect(orders[1]?.key).toBe(orders[0]?.key);
});

test('a server that sells nothing says so instead of showing a dead button', async () => {
  offer = { plans: [], packages: [pack({ providers: [] })] };
  await renderAt('/pricing');
  expect(await screen.findByText('This server does not sell it.')).toBeVisible();
  expect(screen.queryByRole('button', { name: /Buy/ })).toBeNull();
});

test('sold without an order, the reader is told before going to pay', async () => {
  offer = { plans: [], packages: [pack({ providers: ['creem', 'stripe'] })] };
  server.use(
    http.post('*/api/payments/creem-advanced', () =>
      ok({ orderId: 'o1', checkoutUrl: 'https://creem.example/ch_1', way: 'simple', because: 'database' }),
    ),
  );
  const user = userEvent.setup();
  await renderAt('/pricing');
  await user.click(await screen.findByRole('button', { name: 'Buy: Small pack · Creem' }));
  expect(await screen.findByText(/you can pay all the same/)).toBeVisible();
  expect(went).not.toHaveBeenCalled();
  await user.click(screen.getByRole('button', { name: 'Go to the payment page' }));
  expect(went).toHaveBeenCalledWith('https://creem.example/ch_1');
});

test('while the session cannot be asked about, all is shown, and what was chosen is bought when it answers', async () => {
  let back = false;
  server.use(
    http.post('*/api/auth/refresh', () =>
      back
        ? ok({ user: person(), accessToken: 'token-1', expiresIn: 900 })
        : refuse(503, 'DATABASE_UNAVAILABLE', 'Not now.'),
    ),
  );
  const user = userEvent.setup();
  await renderAt('/pricing');
  await user.click(await screen.findByRole('button', { name: 'Subscribe: Pro' }));
  expect(await screen.findByText(/Nothing has been ordered or charged yet/)).toBeVisible();
  await user.click(screen.getByRole('button', { name: 'Buy: Small pack' }));
  expect(screen.queryByRole('alert')).toBeNull();
  back = true;
  await waitFor(() => expect(went).toHaveBeenCalledWith('https://pay.example/cs_1'));
  expect(orders.map((o) => o.body)).toEqual([{ packageId: 'small' }]);
  expect(screen.queryByRole('status')).toBeNull();
});

test('whoever will not wait for the session drops the purchase and reads on', async () => {
  server.use(http.post('*/api/auth/refresh', () => refuse(503, 'DATABASE_UNAVAILABLE', 'Not now.')));
  const user = userEvent.setup();
  await renderAt('/pricing');
  await user.click(await screen.findByRole('button', { name: 'Buy: Small pack' }));
  await user.click(await screen.findByRole('button', { name: 'Not now' }));
  expect(await screen.findByText(/Look around and choose meanwhile/)).toBeVisible();
  expect(screen.getByRole('button', { name: 'Buy: Small pack' })).toBeEnabled();
});

test('a server that is slow to answer about the session is named, too', async () => {
  server.use(
    http.post('*/api/auth/refresh', async () => {
      await delay(3000);
      return ok({ user: person(), accessToken: 'token-1', expiresIn: 900 });
    }),
  );
  await renderAt('/pricing');
  expect(await screen.findByRole('heading', { name: 'Small pack' })).toBeVisible();
  expect(await screen.findByText(/Look around and choose meanwhile/)).toBeVisible();
  await waitFor(() => expect(screen.queryByRole('status')).toBeNull());
});

test('the terms are asked for before anything is bought, even of a hasty buyer', async () => {
  let state = agreement({ version: '', acceptedAt: null, upToDate: false });
  server.use(
    http.get('*/api/user/agreement', async () => {
      await delay(50);
      return ok(state);
    }),
    http.post('*/api/user/agreement', () => {
      state = agreement();
      return ok(state);
    }),
  );
  const user = userEvent.setup();
  await renderAt('/pricing');
  await user.click(await screen.findByRole('button', { name: 'Buy: Small pack' }));
  await user.click(await screen.findByRole('button', { name: 'Accept and continue' }));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(orders).toEqual([]);
  await user.click(screen.getByRole('button', { name: 'Buy: Small pack' }));
  await waitFor(() => expect(went).toHaveBeenCalled());
});

test('a visitor is asked for no terms', async () => {
  localStorage.clear();
  server.use(http.get('*/api/user/agreement', () => refuse(500, 'ASKED', 'A visitor was asked.')));
  const asked = vi.fn<(path: string) => void>();
  server.events.on('request:start', ({ request }) => asked(new URL(request.url).pathname));
  await renderAt('/pricing');
  expect(await screen.findByRole('link', { name: 'Buy: Small pack' })).toBeVisible();
  expect(asked.mock.calls).toEqual([['/api/packages']]);
  server.events.removeAllListeners();
});

test('who has a subscription changes it, with one button for all ways to pay', async () => {
  offer.plans.push(plan({ id: 'team', name: 'Team', providers: ['creem', 'stripe'] }));
  server.use(
    http.get('*/api/subscription', () =>
      ok(subscription({ plan: 'pro', status: 'active', subscribedPlan: 'pro', provider: 'creem' })),
    ),
  );
  await renderAt('/pricing');
  expect(await screen.findByRole('link', { name: 'Change to Team' })).toHaveAttribute(
    'href',
    '/subscription',
  );
  expect(screen.getByRole('link', { name: 'Manage' })).toHaveAttribute('href', '/subscription');
  expect(screen.queryByRole('button', { name: /Subscribe/ })).toBeNull();
  expect(screen.getByRole('button', { name: 'Buy: Small pack' })).toBeEnabled();
});

test('who had a subscription may begin another', async () => {
  server.use(
    http.get('*/api/subscription', () => ok(subscription({ status: 'canceled', subscribedPlan: 'team' }))),
  );
  await renderAt('/pricing');
  expect(await screen.findByText('Your plan')).toBeVisible();
  expect(screen.getByRole('button', { name: 'Subscribe: Pro' })).toBeEnabled();
});
