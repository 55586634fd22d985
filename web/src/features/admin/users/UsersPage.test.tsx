import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http } from 'msw';
import { expect, test } from 'vitest';
import { user as person } from '@/test/samples';
import { ok, server } from '@/test/server';
import { renderAt } from '@/test/render';

const mei = {
  id: 'u1',
  username: 'mei',
  email: 'mei@example.com',
  emailVerified: false,
  role: 'user',
  status: 'active',
  secondFactor: true,
  sessions: 2,
  keys: 1,
  createdAt: '2026-11-01T00:00:00Z',
  lastLoginAt: null,
};

test('a user is found, shut out and given credits with a reason', async () => {
  const sent: unknown[] = [];
  server.use(
    http.get('*/api/auth/me', () => ok(person({ role: 'admin' }))),
    http.get('*/api/admin/users', () => ok({ items: [mei], nextCursor: null })),
    http.get('*/api/admin/users/u1', () =>
      ok({ user: mei, plan: 'free', credits: { total: 10, used: 0, held: 0, remaining: 10 } }),
    ),
    http.put('*/api/admin/users/u1', async ({ request }) => {
      sent.push(await request.json());
      return ok({ user: mei, plan: 'free', credits: { total: 10, used: 0, held: 0, remaining: 10 } });
    }),
    http.post('*/api/admin/users/u1/credits', async ({ request }) => {
      sent.push(await request.json());
      return ok({ changed: 25, credits: { total: 35, used: 0, held: 0, remaining: 35 } });
    }),
  );
  const user = userEvent.setup();
  await renderAt('/admin/users');
  await user.click(await screen.findByRole('button', { name: 'Manage: mei' }));
  const dialog = await screen.findByRole('dialog');
  await user.click(await within(dialog).findByRole('button', { name: 'Shut out' }));
  await user.type(within(dialog).getByRole('textbox', { name: 'Credits' }), '25');
  await user.type(within(dialog).getByRole('textbox', { name: 'Reason' }), 'An apology');
  await user.click(within(dialog).getByRole('button', { name: 'Adjust credits' }));
  await waitFor(() => expect(sent).toEqual([{ status: 'disabled' }, { amount: 25, reason: 'An apology' }]));
});

test('the audit log says who did what', async () => {
  server.use(
    http.get('*/api/auth/me', () => ok(person({ role: 'admin' }))),
    http.get('*/api/admin/audit/actions', () => ok({ actions: ['role.changed'] })),
    http.get('*/api/admin/audit', () =>
      ok({
        items: [
          {
            id: 'a1',
            at: '2026-11-20T00:00:00Z',
            action: 'role.changed',
            actor: { id: 'x', username: 'root' },
            subjectKind: 'user',
            subjectId: 'u1',
            subjectName: 'mei',
            address: '192.0.2.7',
            requestId: null,
            detail: { from: 'user', to: 'admin' },
          },
        ],
        nextCursor: null,
      }),
    ),
  );
  await renderAt('/admin/audit');
  expect(await screen.findByText(/mei · from: user, to: admin/)).toBeVisible();
  expect(screen.getByText('root')).toBeVisible();
});
