import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http } from 'msw';
import { beforeEach, expect, test } from 'vitest';
import { renderAt } from '@/test/render';
import { user as person, webhook } from '@/test/samples';
import { ok, server } from '@/test/server';

let replays = 0;
beforeEach(() => {
  replays = 0;
  const endpoints = [
    { provider: 'stripe', url: 'https://studio.example/api/webhooks/stripe', lastReceivedAt: null },
  ];
  server.use(
    http.get('*/api/auth/me', () => ok(person({ role: 'admin' }))),
    http.get('*/api/webhook-info', () => ok({ endpoints })),
    http.get('*/api/admin/webhooks', () => ok({ items: [webhook()], nextCursor: null })),
    http.get('*/api/admin/webhooks/:id', () => ok({ webhook: webhook(), body: '{"id":"evt_1"}' })),
    http.post('*/api/admin/webhooks/:id/replay', () => {
      replays++;
      return ok(webhook({ state: 'applied' }));
    }),
  );
});

test('the addresses to register stand above the events', async () => {
  await renderAt('/admin/webhooks');
  expect(await screen.findByText('https://studio.example/api/webhooks/stripe')).toBeVisible();
  expect(screen.getByText('never called')).toBeVisible();
});

test('an event shows its body and why it was refused, and can be replayed', async () => {
  const user = userEvent.setup();
  await renderAt('/admin/webhooks');
  expect(await screen.findByText('paid 400 usd, the order is of 500 usd')).toBeVisible();
  await user.click(screen.getByRole('button', { name: 'Look: evt_1' }));
  expect(await screen.findByText(/"id": "evt_1"/)).toBeVisible();
  await user.click(screen.getByRole('button', { name: 'Replay' }));
  await waitFor(() => expect(replays).toBe(1));
});

test('a sale that names nobody shows who paid and is given to its buyer with a reason', async () => {
  const user = userEvent.setup();
  const sent: unknown[] = [];
  const sale = {
    reference: 'creem:order:ord_1',
    product: 'prod_small',
    item: 'small',
    amount: 500,
    currency: 'usd',
    paidAt: '2026-11-20T00:00:00Z',
    orderId: null,
    email: 'payer@example.net',
  };
  const waiting = webhook({ state: 'waiting', type: 'found.sale', provider: 'creem' });
  server.use(
    http.get('*/api/admin/webhooks', () => ok({ items: [waiting], nextCursor: null })),
    http.get('*/api/admin/webhooks/:id', () => ok({ webhook: waiting, body: '{}', sale })),
    http.post('*/api/admin/webhooks/:id/assign', async ({ request }) => {
      sent.push(await request.json());
      return ok(webhook({ state: 'applied' }));
    }),
  );
  await renderAt('/admin/webhooks');
  await user.click(await screen.findByRole('button', { name: 'Look: evt_1' }));
  expect(await screen.findByText('payer@example.net')).toBeVisible();
  const give = screen.getByRole('button', { name: 'Give it to this user' });
  expect(give).toBeDisabled();
  await user.type(screen.getByRole('textbox', { name: /User id/ }), 'u-1');
  await user.type(screen.getByRole('textbox', { name: /Reason/ }), 'Wrote to us');
  await user.click(give);
  await waitFor(() => expect(sent).toEqual([{ userId: 'u-1', reason: 'Wrote to us' }]));
});
