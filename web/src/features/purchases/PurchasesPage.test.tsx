import { screen, within } from '@testing-library/react';
import { http } from 'msw';
import { expect, test } from 'vitest';
import { renderAt } from '@/test/render';
import { ok, server } from '@/test/server';

const line = {
  id: 'p1',
  orderId: 'o1',
  kind: 'package',
  item: 'small',
  name: 'Small pack',
  amount: 550,
  currency: 'usd',
  credits: 1000,
  provider: 'stripe',
  state: 'partlyRefunded',
  refunded: 150,
  at: '2026-11-20T00:00:00Z',
};

test('each purchase says what was paid, what came of it and what went back', async () => {
  const renewal = { ...line, id: 'p2', orderId: null, kind: 'plan', name: 'Pro', state: 'paid', refunded: 0 };
  server.use(http.get('*/api/user/purchases', () => ok({ items: [line, renewal], nextCursor: null })));
  await renderAt('/purchases');
  const first = within(
    (await screen.findByRole('link', { name: 'Small pack' })).closest('tr') ?? document.body,
  );
  expect(first.getByText('$5.50')).toBeVisible();
  expect(first.getByText('$1.50 given back')).toBeVisible();
  expect(first.getByText('Partly refunded')).toBeVisible();
  expect(screen.getByText(/Renewal/)).toBeVisible();
});

test('who bought nothing is shown the way to the shop', async () => {
  server.use(http.get('*/api/user/purchases', () => ok({ items: [], nextCursor: null })));
  await renderAt('/purchases');
  expect(await screen.findByText('Nothing bought yet')).toBeVisible();
  expect(screen.getByRole('link', { name: 'Buy credits' })).toHaveAttribute('href', '/pricing');
});
