import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http } from 'msw';
import { beforeEach, expect, test } from 'vitest';
import { user as person } from '@/test/samples';
import { ok, refuse, server } from '@/test/server';
import { renderAt } from '@/test/render';

const refused = () => refuse(403, 'SSO_REQUIRED', 'This account has no password.');

// Somebody who comes in through GitHub only.
beforeEach(() => {
  server.use(
    http.get('*/api/auth/me', () => ok(person({ hasPassword: false }))),
    http.get('*/api/auth/sessions', () => ok({ items: [], nextCursor: null })),
    http.get('*/api/auth/totp', () => ok({ enabled: false, since: null, recoveryCodesLeft: 0 })),
    http.get('*/api/auth/oauth', () =>
      ok({
        items: [
          { name: 'github', displayName: 'GitHub' },
          { name: 'google', displayName: 'Google' },
        ],
        nextCursor: null,
      }),
    ),
    http.get('*/api/auth/identities', () =>
      ok({
        items: [
          {
            id: 'i1',
            provider: 'github',
            displayName: 'GitHub',
            label: 'octocat',
            createdAt: '2026-11-01T00:00:00Z',
            lastUsedAt: '2026-11-20T00:00:00Z',
          },
        ],
        nextCursor: null,
      }),
    ),
  );
});

test('a first password is set without a current one', async () => {
  const sent: unknown[] = [];
  server.use(
    http.put('*/api/auth/password', async ({ request }) => {
      sent.push(await request.json());
      return ok({ accessToken: 'token-2', expiresIn: 900 });
    }),
  );
  const user = userEvent.setup();
  await renderAt('/account');
  await user.type(await screen.findByLabelText('New password'), 'a long sentence');
  expect(screen.queryByLabelText('Current password')).toBeNull();
  await user.click(screen.getByRole('button', { name: 'Set password' }));
  await waitFor(() => expect(sent).toEqual([{ newPassword: 'a long sentence' }]));
});

test('when the sign-in is too old, the way to sign in once more is shown, through what is linked only', async () => {
  server.use(http.put('*/api/auth/password', refused));
  const user = userEvent.setup();
  await renderAt('/account');
  await user.type(await screen.findByLabelText('New password'), 'a long sentence');
  await user.click(screen.getByRole('button', { name: 'Set password' }));
  expect(await screen.findByText(/sign in once more to show that it is you/)).toBeVisible();
  const way = screen.getByRole('link', { name: 'Sign in with GitHub' });
  expect(way).toHaveAttribute('href', '/api/auth/oauth/github/start?returnTo=%2Faccount&language=en');
  expect(screen.queryByRole('link', { name: 'Sign in with Google' })).toBeNull();
});

test('a new address, a second factor and the deletion ask for no password either', async () => {
  let deleted: unknown = null;
  server.use(
    http.post('*/api/auth/totp', refused),
    http.delete('*/api/auth/me', async ({ request }) => {
      deleted = await request.json();
      return refused();
    }),
  );
  const user = userEvent.setup();
  await renderAt('/account');
  const address = await screen.findByRole('textbox', { name: 'E-mail' });
  await user.clear(address);
  await user.type(address, 'new@example.com');
  expect(screen.queryByLabelText(/Current password/)).toBeNull();

  await user.click(screen.getByRole('button', { name: 'Set up…' }));
  const setup = await screen.findByRole('dialog');
  await user.click(await within(setup).findByRole('button', { name: 'Next' }));
  expect(await within(setup).findByRole('link', { name: 'Sign in with GitHub' })).toBeVisible();
  await user.keyboard('{Escape}');

  await user.click(screen.getByRole('button', { name: 'Delete my account…' }));
  await user.type(await screen.findByRole('textbox', { name: 'Type mei to confirm' }), 'mei');
  await user.click(screen.getByRole('button', { name: 'Delete for good' }));
  await waitFor(() => expect(deleted).toEqual({}));
  expect(await screen.findByRole('link', { name: 'Sign in with GitHub' })).toBeVisible();
});
