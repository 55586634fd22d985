import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http } from 'msw';
import { expect, test } from 'vitest';
import { renderAt } from '@/test/render';
import { ok, refuse, server } from '@/test/server';

const offer = (...providers: string[]) =>
  server.use(http.get('*/api/dev/payment-flow', () => ok({ simulator: 'http://127.0.0.1:8089', providers })));

test('where no simulator is, there is no such page', async () => {
  server.use(http.get('*/api/dev/payment-flow', () => refuse(404, 'NOT_FOUND', 'There is nothing here.')));
  await renderAt('/test-payment-flow');
  expect(await screen.findByRole('heading', { name: 'There is no page here' })).toBeVisible();
});

test('it says for whom it buys, and offers the providers that are set up', async () => {
  offer('stripe');
  await renderAt('/test-payment-flow');
  expect(await screen.findByText(/account you are signed in with \(mei\)/)).toBeVisible();
  const lanes = within(screen.getByRole('navigation', { name: 'Purchases' }));
  expect(lanes.getAllByRole('button').map((b) => b.firstChild?.textContent)).toEqual([
    'Stripe: a pack',
    'Stripe: a plan',
  ]);
  expect(screen.getByRole('button', { name: 'Run: Order written down' })).toBeEnabled();
  expect(screen.queryByRole('button', { name: 'Run: Paid on that page' })).toBeNull();
});

test('a refused call is red, in the server’s own words, and can be run again', async () => {
  const user = userEvent.setup();
  offer('creem');
  server.use(http.get('*/api/packages', () => refuse(503, 'DATABASE_UNAVAILABLE', 'The database is away.')));
  await renderAt('/test-payment-flow?lane=creem-pack');
  await user.click(await screen.findByRole('button', { name: 'Run this purchase' }));
  expect(await screen.findByText('The database is away.')).toBeVisible();
  expect(screen.getByRole('alert')).toHaveTextContent('What to do');
  expect(screen.getByRole('button', { name: 'Run again: Order written down' })).toBeEnabled();
});

test('without a provider it says how to get one', async () => {
  offer();
  await renderAt('/test-payment-flow');
  expect(await screen.findByText('No provider to try')).toBeVisible();
});
