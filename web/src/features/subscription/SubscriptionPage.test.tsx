import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http } from 'msw';
import { beforeEach, expect, test } from 'vitest';
import type { Plan, Subscription } from '@/api/types';
import { renderAt } from '@/test/render';
import { ok, refuse, server } from '@/test/server';

const plan = (id: string, name: string, amount: number): Plan => ({
  id,
  name,
  description: '',
  monthlyCredits: amount * 2,
  price: { amount, currency: 'usd' },
  providers: ['stripe'],
});
const subscription = (p: Partial<Subscription> = {}): Subscription => ({
  plan: 'pro',
  planName: 'Pro',
  status: 'active',
  subscribedPlan: 'pro',
  provider: 'stripe',
  periodStart: '2026-11-01T00:00:00Z',
  periodEnd: '2026-12-01T12:00:00Z',
  endsAt: null,
  endedAt: null,
  graceEndsAt: null,
  checkoutUrl: null,
  ...p,
});

let now: Subscription;
const sent: string[] = [];
beforeEach(() => {
  now = subscription();
  sent.length = 0;
  server.use(
    http.get('*/api/packages', () =>
      ok({ plans: [plan('pro', 'Pro', 1900), plan('team', 'Team', 7900)], packages: [] }),
    ),
    http.get('*/api/subscription', () => ok(now)),
    http.delete('*/api/subscription', () => {
      sent.push('cancel');
      now = subscription({ endsAt: '2026-12-01T12:00:00Z' });
      return ok(now);
    }),
    http.post('*/api/subscription/resume', () => {
      sent.push('resume');
      now = subscription();
      return ok(now);
    }),
    http.post('*/api/subscription', async ({ request }) => {
      sent.push(JSON.stringify(await request.json()));
      now = subscription({ plan: 'team', subscribedPlan: 'team' });
      return ok(now);
    }),
  );
});

test('who has none is shown the plans', async () => {
  now = subscription({ plan: 'free', status: 'none', subscribedPlan: null, provider: null, periodEnd: null });
  await renderAt('/subscription');
  expect(await screen.findByText('You are on the free plan')).toBeVisible();
  expect(screen.getByRole('link', { name: 'See plans' })).toHaveAttribute('href', '/pricing');
});

test('canceling says until when all stays as it is, and can be taken back', async () => {
  const user = userEvent.setup();
  await renderAt('/subscription');
  expect(await screen.findByText('Renews on Dec 1, 2026')).toBeVisible();
  await user.click(screen.getByRole('button', { name: 'Cancel' }));
  const dialog = within(await screen.findByRole('dialog'));
  expect(dialog.getByText(/You keep it until Dec 1, 2026/)).toBeVisible();
  await user.click(dialog.getByRole('button', { name: 'Cancel the subscription' }));
  expect(await screen.findByText('Ends on Dec 1, 2026; until then all stays as it is.')).toBeVisible();
  await user.click(screen.getByRole('button', { name: 'Keep it after all' }));
  expect(await screen.findByText('Renews on Dec 1, 2026')).toBeVisible();
  expect(sent).toEqual(['cancel', 'resume']);
});

test('another plan is asked about first, with what it brings and costs', async () => {
  const user = userEvent.setup();
  await renderAt('/subscription');
  await user.click(await screen.findByRole('button', { name: 'Change to Team' }));
  const dialog = within(await screen.findByRole('dialog'));
  expect(dialog.getByText(/15,800 credits a month for \$79/)).toBeVisible();
  await user.click(dialog.getByRole('button', { name: 'Change the plan' }));
  await waitFor(() => expect(sent).toEqual(['{"planId":"team"}']));
  expect(await screen.findByRole('heading', { name: 'Team' })).toBeVisible();
});

test('of a lower plan it is said that this period is neither charged nor given back', async () => {
  now = subscription({ plan: 'team', planName: 'Team', subscribedPlan: 'team' });
  const user = userEvent.setup();
  await renderAt('/subscription');
  await user.click(await screen.findByRole('button', { name: 'Change to Pro' }));
  expect(await screen.findByText(/Nothing is charged or given back for this one/)).toBeVisible();
});

test('a refusal of the provider stays in the dialog', async () => {
  const user = userEvent.setup();
  server.use(
    http.delete('*/api/subscription', () => refuse(502, 'PAYMENT_PROVIDER_FAILED', 'Stripe did not answer.')),
  );
  await renderAt('/subscription');
  await user.click(await screen.findByRole('button', { name: 'Cancel' }));
  const dialog = within(await screen.findByRole('dialog'));
  await user.click(dialog.getByRole('button', { name: 'Cancel the subscription' }));
  expect(await dialog.findByRole('alert')).toBeVisible();
});

test('an overdue payment says until when the plan is kept', async () => {
  now = subscription({ status: 'pastDue', graceEndsAt: '2026-12-08T12:00:00Z' });
  await renderAt('/subscription');
  expect(await screen.findByText(/Pro is kept until Dec 8, 2026/)).toBeVisible();
});
