import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http } from 'msw';
import { beforeEach, expect, test } from 'vitest';
import { ok, refuse, server } from '@/test/server';
import { renderAt } from '@/test/render';

const identity = {
  id: 'i1',
  provider: 'github',
  displayName: 'GitHub',
  label: 'octocat',
  createdAt: '2026-11-01T00:00:00Z',
  lastUsedAt: '2026-11-20T00:00:00Z',
};

beforeEach(() => {
  localStorage.setItem('aimake.session', '1');
  server.use(
    http.get('*/api/auth/sessions', () => ok({ items: [], nextCursor: null })),
    http.get('*/api/auth/oauth', () =>
      ok({
        items: [
          { name: 'github', displayName: 'GitHub' },
          { name: 'google', displayName: 'Google' },
        ],
        nextCursor: null,
      }),
    ),
    http.get('*/api/auth/identities', () => ok({ items: [identity], nextCursor: null })),
  );
});

test('a linked identity can be unlinked, one that is free can be linked', async () => {
  const ended: string[] = [];
  server.use(
    http.delete('*/api/auth/identities/:id', ({ params }) => {
      ended.push(String(params['id']));
      return ok(null);
    }),
  );
  const user = userEvent.setup();
  await renderAt('/account');
  expect(await screen.findByText(/octocat/)).toBeVisible();
  expect(screen.getByRole('button', { name: 'Link Google' })).toBeVisible();
  expect(screen.queryByRole('button', { name: 'Link GitHub' })).toBeNull();
  await user.click(screen.getByRole('button', { name: 'Unlink GitHub' }));
  await waitFor(() => expect(ended).toEqual(['i1']));
});

test('the last way in stays, and why is told', async () => {
  server.use(
    http.delete('*/api/auth/identities/:id', () =>
      refuse(409, 'LAST_WAY_IN', 'This is the only way into your account; link another one first.'),
    ),
  );
  const user = userEvent.setup();
  await renderAt('/account');
  await user.click(await screen.findByRole('button', { name: 'Unlink GitHub' }));
  expect(await screen.findByText(/only way into your account/)).toBeVisible();
});
