import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http } from 'msw';
import { beforeEach, expect, test, vi } from 'vitest';
import type { Package, Plan } from '@/api/types';
import { renderAt } from '@/test/render';
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
