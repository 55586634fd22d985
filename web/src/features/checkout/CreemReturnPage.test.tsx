import { screen } from '@testing-library/react';
import { http } from 'msw';
import { expect, test } from 'vitest';
import { renderAt } from '@/test/render';
import { order } from '@/test/samples';
import { ok, refuse, server } from '@/test/server';

test('the signed query leads to the purchase it names', async () => {
  const paid = order({ provider: 'creem', state: 'paid', paidAt: '2026-11-20T00:00:05Z', checkoutUrl: null });
  server.use(
    http.post('*/api/payments/creem/return', () => ok(paid)),
    http.get('*/api/payments/orders/:id', () => ok(paid)),
  );
  const { router } = await renderAt('/checkout/creem?checkout_id=ch_1&signature=00');
  expect(await screen.findByText('Paid. Thank you!')).toBeVisible();
  expect(router.state.location.pathname).toBe(`/checkout/${paid.id}`);
});

test('a query that is not Creem’s is refused, and who paid is told that nothing is lost', async () => {
  server.use(
    http.post('*/api/payments/creem/return', () =>
      refuse(400, 'SIGNATURE_INVALID', 'The signature is wrong.'),
    ),
  );
  await renderAt('/checkout/creem?checkout_id=ch_1&signature=00');
  expect(await screen.findByRole('alert')).toHaveTextContent('The signature is wrong.');
  expect(screen.getByText(/nothing is lost/)).toBeVisible();
});

test('while nobody can answer, who paid reads that the money is safe; then the purchase shows by itself', async () => {
  const paid = order({ provider: 'creem', state: 'paid', paidAt: '2026-11-20T00:00:05Z', checkoutUrl: null });
  let away = true;
  server.use(
    http.post('*/api/payments/creem/return', () =>
      away ? refuse(503, 'DATABASE_UNAVAILABLE', 'The database cannot be reached.') : ok(paid),
    ),
    http.get('*/api/payments/orders/:id', () => ok(paid)),
  );
  await renderAt('/checkout/creem?checkout_id=ch_1&signature=00');
  expect(await screen.findByText('Your payment is safe')).toBeVisible();
  expect(screen.getByText('There is no need to pay again.')).toBeVisible();
  expect(screen.queryByRole('alert')).toBeNull();
  away = false;
  expect(await screen.findByText('Paid. Thank you!', {}, { timeout: 9000 })).toBeVisible();
}, 12_000);
