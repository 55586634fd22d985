import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http } from 'msw';
import { expect, test } from 'vitest';
import { agreement, order } from '@/test/samples';
import { ok, refuse, server } from '@/test/server';
import { renderAt } from '@/test/render';

const asked = agreement({
  current: '2',
  upToDate: false,
  changes: 'Invoices by mail.',
  termsUrl: 'https://studio.example/terms',
});

test('a new version is shown with what is new, and accepting it opens the studio', async () => {
  let state = asked;
  const sent: unknown[] = [];
  server.use(
    http.get('*/api/user/agreement', () => ok(state)),
    http.post('*/api/user/agreement', async ({ request }) => {
      sent.push(await request.json());
      state = agreement({ version: '2', current: '2' });
      return ok(state);
    }),
  );
  const user = userEvent.setup();
  await renderAt('/credits');
  const dialog = await screen.findByRole('dialog', { name: 'The terms have changed' });
  expect(screen.getByText('Invoices by mail.')).toBeVisible();
  expect(screen.getByRole('link', { name: /Terms of use/ })).toHaveAttribute(
    'href',
    'https://studio.example/terms',
  );
  expect(screen.queryByRole('link', { name: /Privacy/ })).toBeNull();
  await user.keyboard('{Escape}');
  expect(dialog).toBeVisible();
  await user.click(screen.getByRole('button', { name: 'Accept and continue' }));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(sent).toEqual([{ version: '2' }]);
});

test('whoever came through another service is asked for the first time, without news', async () => {
  server.use(
    http.get('*/api/user/agreement', () => ok(agreement({ ...asked, version: '', acceptedAt: null }))),
  );
  await renderAt('/credits');
  expect(await screen.findByRole('dialog', { name: 'Before you begin' })).toBeVisible();
  expect(screen.queryByText('Invoices by mail.')).toBeNull();
});

test('when there is a still newer version, that one is shown', async () => {
  let state = asked;
  server.use(
    http.get('*/api/user/agreement', () => ok(state)),
    http.post('*/api/user/agreement', () => {
      state = agreement({ ...asked, current: '3', changes: 'Something newer.' });
      return refuse(409, 'AGREEMENT_OUTDATED', 'The agreement is now version 3; read and accept that one.', {
        field: 'version',
      });
    }),
  );
  const user = userEvent.setup();
  await renderAt('/credits');
  await user.click(await screen.findByRole('button', { name: 'Accept and continue' }));
  expect(await screen.findByText('Something newer.')).toBeVisible();
  expect(screen.getByText('Version 3')).toBeVisible();
});

test('whoever does not accept signs out', async () => {
  let left = 0;
  server.use(
    http.get('*/api/user/agreement', () => ok(asked)),
    http.post('*/api/auth/logout', () => {
      left++;
      return ok(null);
    }),
  );
  const user = userEvent.setup();
  await renderAt('/credits');
  await user.click(await screen.findByRole('button', { name: 'Sign out' }));
  await waitFor(() => expect(left).toBe(1));
});

test('whoever comes back from paying reads what became of it, and is asked on leaving', async () => {
  server.use(
    http.get('*/api/user/agreement', () => ok(asked)),
    http.get('*/api/payments/orders/:id', () => ok(order({ state: 'paid', paidAt: '2026-11-20T00:00:05Z' }))),
    http.get('*/api/user/purchases', () => ok({ items: [], nextCursor: null })),
  );
  const user = userEvent.setup();
  await renderAt(`/checkout/${order().id}`);
  expect(await screen.findByText('You have 100 credits to spend.')).toBeVisible();
  expect(screen.queryByRole('dialog')).toBeNull();
  await user.click(screen.getByRole('link', { name: 'All purchases' }));
  expect(await screen.findByRole('dialog', { name: 'The terms have changed' })).toBeVisible();
});
