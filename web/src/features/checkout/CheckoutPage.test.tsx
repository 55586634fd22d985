import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http } from 'msw';
import { beforeEach, expect, test } from 'vitest';
import type { Order } from '@/api/types';
import { renderAt } from '@/test/render';
import { order } from '@/test/samples';
import { ok, refuse, server } from '@/test/server';

let now: Order;
let rechecked = 0;
beforeEach(() => {
  now = order();
  rechecked = 0;
  server.use(
    http.get('*/api/payments/orders/:id', () => ok(now)),
    http.post('*/api/payments/orders/:id/recheck', () => {
      rechecked++;
      return ok(now);
    }),
  );
});
const at = (search = '') => renderAt(`/checkout/${order().id}${search}`);

test('who comes back early sees the payment being confirmed, then paid, by itself', async () => {
  await at();
  expect(await screen.findByText('Confirming your payment…')).toBeVisible();
  now = order({ state: 'paid', paidAt: '2026-11-20T00:00:05Z', checkoutUrl: null });
  expect(await screen.findByText('Paid. Thank you!', {}, { timeout: 4000 })).toBeVisible();
  expect(screen.getByText('$5 for “Small pack”. 1,000 credits were added.')).toBeVisible();
  expect(await screen.findByText('You have 100 credits to spend.')).toBeVisible();
});

test('who left without paying is told that nothing was charged, and can go back', async () => {
  await at('?canceled=1');
  expect(await screen.findByText('Nothing was charged')).toBeVisible();
  expect(screen.getByRole('button', { name: 'Go to the payment page' })).toBeVisible();
});

test('"I paid" asks the provider, and says when it knows of nothing', async () => {
  const user = userEvent.setup();
  await at();
  await user.click(await screen.findByRole('button', { name: 'I paid: ask again' }));
  expect(await screen.findByText('Stripe has no payment for this order yet.')).toBeVisible();
  expect(rechecked).toBe(1);
});

test.each([
  ['awaiting', null, 'Your payment is on its way'],
  ['failed', null, 'This payment did not go through'],
  ['expired', null, 'This payment did not go through'],
  ['refunded', '2026-11-20T00:00:05Z', 'The money went back'],
])('an order that is %s says so', async (state, paidAt, text) => {
  now = order({ state, paidAt, checkoutUrl: null });
  await at();
  expect(await screen.findByText(text)).toBeVisible();
  expect(screen.queryByRole('button', { name: 'I paid: ask again' })).toBeNull();
});

test('somebody else’s order is no order', async () => {
  server.use(
    http.get('*/api/payments/orders/:id', () => refuse(404, 'NOT_FOUND', 'There is no such order.')),
  );
  await at();
  expect(await screen.findByRole('alert')).toHaveTextContent('There is no such order.');
});

test('who comes from Stripe’s paid page while the server is away reads that the money is safe', async () => {
  let away = true;
  now = order({ state: 'paid', paidAt: '2026-11-20T00:00:05Z', checkoutUrl: null });
  server.use(
    http.get('*/api/payments/orders/:id', () =>
      away ? refuse(503, 'DATABASE_UNAVAILABLE', 'The database cannot be reached.') : ok(now),
    ),
  );
  await at('?session_id=cs_test_1');
  expect(await screen.findByText('Your payment is safe')).toBeVisible();
  expect(screen.queryByRole('alert')).toBeNull();
  away = false;
  expect(await screen.findByText('Paid. Thank you!', {}, { timeout: 4000 })).toBeVisible();
});

test('an order that is only looked at while the server is away says so, and shows itself later', async () => {
  let away = true;
  server.use(
    http.get('*/api/payments/orders/:id', () =>
      away ? refuse(503, 'DATABASE_UNAVAILABLE', 'The database cannot be reached.') : ok(now),
    ),
  );
  await at();
  expect(await screen.findByRole('alert')).toHaveTextContent('The database cannot be reached.');
  away = false;
  expect(await screen.findByText('Confirming your payment…', {}, { timeout: 4000 })).toBeVisible();
});
