import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http } from 'msw';
import { beforeEach, expect, test } from 'vitest';
import type { AdminOrder } from '@/api/types';
import { renderAt } from '@/test/render';
import { adminOrder, order, user as person, webhook } from '@/test/samples';
import { ok, refuse, server } from '@/test/server';

const sent: { path: string; body: unknown }[] = [];
let orders: AdminOrder[];
beforeEach(() => {
  sent.length = 0;
  orders = [adminOrder()];
  server.use(
    http.get('*/api/auth/me', () => ok(person({ role: 'admin' }))),
    http.get('*/api/admin/orders', () => ok({ items: orders, nextCursor: null })),
    http.get('*/api/admin/webhooks', ({ request }) =>
      ok({
        items: new URL(request.url).searchParams.get('state') === 'refused' ? [webhook()] : [],
        nextCursor: null,
      }),
    ),
    http.post('*/api/admin/orders/:id/:tool', async ({ request }) => {
      sent.push({ path: new URL(request.url).pathname.split('/').at(-1) ?? '', body: await request.json() });
      return ok(orders[0]);
    }),
  );
});

async function open() {
  const user = userEvent.setup();
  await renderAt('/admin/orders');
  await user.click(await screen.findByRole('button', { name: `Open order ${order().id}` }));
  return { user, dialog: within(await screen.findByRole('dialog')) };
}

/** A dialog may hold several tools, each with its reason. */
function firstReason(dialog: Awaited<ReturnType<typeof open>>['dialog']) {
  const [field] = dialog.getAllByRole('textbox', { name: /Reason/ });
  if (!field) throw new Error('no field for a reason');
  return field;
}

test('an event that found no order is given to this one', async () => {
  const { user, dialog } = await open();
  const choice = await dialog.findByRole('option', { name: /paid 400 usd/ });
  await user.selectOptions(dialog.getByRole('combobox', { name: 'Event' }), choice);
  await user.click(dialog.getByRole('button', { name: 'Match' }));
  await waitFor(() => expect(sent).toEqual([{ path: 'match', body: { webhookId: '7' } }]));
});

test('a grant by hand needs a reason', async () => {
  const { user, dialog } = await open();
  await user.click(dialog.getByText('Grant by hand'));
  expect(dialog.getByRole('button', { name: 'Grant' })).toBeDisabled();
  await user.type(dialog.getByRole('textbox', { name: /Reason/ }), 'Bank statement of today');
  await user.click(dialog.getByRole('button', { name: 'Grant' }));
  await waitFor(() => expect(sent).toEqual([{ path: 'grant', body: { reason: 'Bank statement of today' } }]));
});

test('part of a paid order is refunded in its own currency; a refusal stays in the dialog', async () => {
  orders = [
    adminOrder({ order: order({ state: 'paid', paidAt: '2026-11-20T00:00:05Z' }), paymentId: 'pi_1' }),
  ];
  const { user, dialog } = await open();
  await user.type(dialog.getByRole('textbox', { name: /Reason/ }), 'Asked for it');
  await user.type(dialog.getByRole('textbox', { name: /Amount in USD/ }), '1.5');
  await user.click(dialog.getByRole('button', { name: 'Refund' }));
  await waitFor(() =>
    expect(sent).toEqual([{ path: 'refund', body: { reason: 'Asked for it', amount: 150 } }]),
  );

  server.use(
    http.post('*/api/admin/orders/:id/refund', () =>
      refuse(409, 'ORDER_NOT_REFUNDABLE', 'Nothing is left of it.'),
    ),
  );
  const again = await open();
  await again.user.type(again.dialog.getByRole('textbox', { name: /Reason/ }), 'Again');
  await again.user.click(again.dialog.getByRole('button', { name: 'Refund' }));
  expect(await again.dialog.findByRole('alert')).toHaveTextContent('Nothing is left of it.');
});

test('how a dispute ended is said with a reason where its provider does not tell', async () => {
  orders = [
    adminOrder({ order: order({ state: 'disputed', provider: 'creem', paidAt: '2026-11-20T00:00:05Z' }) }),
  ];
  const dispute = {
    provider: 'creem',
    disputeId: 'disp_1',
    amount: 500,
    currency: 'usd',
    state: 'open',
    byHand: true,
  };
  server.use(
    http.get('*/api/admin/disputes', () => ok({ items: [dispute], nextCursor: null })),
    http.post('*/api/admin/disputes/:provider/:id', async ({ request }) => {
      sent.push({ path: new URL(request.url).pathname, body: await request.json() });
      return ok({ ...dispute, state: 'won' });
    }),
  );
  const { user, dialog } = await open();
  const won = await dialog.findByRole('button', { name: 'It was won' });
  expect(won).toBeDisabled();
  await user.type(firstReason(dialog), 'Their mail of today');
  await user.click(won);
  await waitFor(() =>
    expect(sent).toEqual([
      { path: '/api/admin/disputes/creem/disp_1', body: { outcome: 'won', reason: 'Their mail of today' } },
    ]),
  );
});

test('a later period of a plan is given back by itself', async () => {
  orders = [
    adminOrder({
      order: order({ kind: 'plan', state: 'paid', paidAt: '2026-11-20T00:00:05Z' }),
      subscriptionId: 'sub_1',
    }),
  ];
  const period = { id: 'p-2', orderId: null, amount: 1900, refunded: 0, disputed: 0, currency: 'usd' };
  const first = { ...period, id: 'p-1', orderId: order().id };
  server.use(
    http.get('*/api/admin/payments', () =>
      ok({ items: [period, first].map((p) => ({ ...p, paidAt: '2026-12-20T00:00:00Z' })), nextCursor: null }),
    ),
    http.post('*/api/admin/payments/:id/refund', async ({ request }) => {
      sent.push({ path: new URL(request.url).pathname, body: await request.json() });
      return ok(period);
    }),
  );
  const { user, dialog } = await open();
  const choice = await dialog.findByRole('combobox', { name: 'Period' });
  expect(within(choice).getAllByRole('option')).toHaveLength(2); // none chosen, and the later one
  await user.selectOptions(choice, 'p-2');
  await user.type(firstReason(dialog), 'Forgot to cancel');
  await user.click(dialog.getByRole('button', { name: 'Refund the period' }));
  await waitFor(() =>
    expect(sent).toEqual([
      { path: '/api/admin/payments/p-2/refund', body: { reason: 'Forgot to cancel', amount: null } },
    ]),
  );
});
