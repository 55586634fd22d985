import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http } from 'msw';
import { beforeEach, expect, test } from 'vitest';
import { user as person } from '@/test/samples';
import { ok, refuse, server } from '@/test/server';
import { renderAt } from '@/test/render';

const providers = [
  { name: 'github', displayName: 'GitHub' },
  { name: 'acme', displayName: 'Acme Login' },
];

beforeEach(() => {
  localStorage.removeItem('aimake.session');
  server.use(http.get('*/api/auth/oauth', () => ok({ items: providers, nextCursor: null })));
});

test('the doors offer what is set up, and remember where one was going', async () => {
  await renderAt('/sign-in?next=/library');
  const link = await screen.findByRole('link', { name: 'Continue with Acme Login' });
  expect(link).toHaveAttribute('href', '/api/auth/oauth/acme/start?returnTo=%2Flibrary&language=en');
});

test('signing up offers the same', async () => {
  await renderAt('/sign-up');
  expect(await screen.findByRole('link', { name: 'Continue with GitHub' })).toHaveAttribute(
    'href',
    '/api/auth/oauth/github/start?returnTo=%2Fstudio%2Fspeech&language=en',
  );
});

test('without providers the door is as plain as before', async () => {
  server.use(http.get('*/api/auth/oauth', () => ok({ items: [], nextCursor: null })));
  await renderAt('/sign-in');
  await screen.findByRole('button', { name: 'Sign in' });
  expect(screen.queryByText('or')).toBeNull();
});

test('whoever comes back is let in and goes on', async () => {
  const { router } = await renderAt('/auth/callback?next=/library');
  await waitFor(() => expect(router.state.location.pathname).toBe('/library'));
  expect(localStorage.getItem('aimake.session')).toBe('1');
});

test('what went wrong is told by name, with the way to try again', async () => {
  await renderAt('/auth/callback?error=OAUTH_DENIED&provider=github');
  expect(
    await screen.findByText('You told GitHub not to say who you are. Nothing was changed.'),
  ).toBeVisible();
  expect(screen.getByRole('link', { name: 'Back to sign-in' })).toBeVisible();
  expect(screen.getByRole('link', { name: 'Continue with GitHub' })).toBeVisible();
});

test('a reason nobody knows, or markup for one, is told in our words', async () => {
  await renderAt('/auth/callback?error=NEVER_SEEN&provider=github');
  expect(
    await screen.findByText('Something went wrong on the way back from GitHub. Begin again.'),
  ).toBeVisible();
});

test('the second factor is asked for and a wrong code is told in place', async () => {
  let tries = 0;
  server.use(
    http.post('*/api/auth/oauth/code', () =>
      ++tries === 1
        ? refuse(403, 'TOTP_INVALID', 'This code is wrong.')
        : ok({ user: person(), accessToken: 'token-2', expiresIn: 900 }),
    ),
  );
  const user = userEvent.setup();
  const { router } = await renderAt('/auth/callback?step=code&provider=github&next=/credits');
  await user.type(await screen.findByRole('textbox', { name: /Code from your app/ }), '123456');
  await user.click(screen.getByRole('button', { name: 'Sign in' }));
  expect(await screen.findByText('This code is wrong.')).toBeVisible();
  await user.click(screen.getByRole('button', { name: 'Sign in' }));
  await waitFor(() => expect(router.state.location.pathname).toBe('/credits'));
});

test('an address that has an account is linked after its owner signed in', async () => {
  server.use(
    http.post('*/api/auth/login', () => ok({ user: person(), accessToken: 'token-2', expiresIn: 900 })),
    http.post('*/api/auth/oauth/link', () => ok({ returnTo: '/keys' })),
    http.get('*/api/tokens', () => ok({ items: [], nextCursor: null })),
  );
  const user = userEvent.setup();
  const { router } = await renderAt('/auth/callback?step=link&provider=github&next=/keys');
  await user.click(await screen.findByRole('link', { name: 'Sign in to link' }));
  await user.type(await screen.findByRole('textbox', { name: 'E-mail or username' }), 'mei');
  expect(screen.queryByRole('link', { name: 'Continue with GitHub' })).toBeNull();
  await user.type(screen.getByLabelText('Password'), 'a long sentence');
  await user.click(screen.getByRole('button', { name: 'Sign in' }));
  await user.click(await screen.findByRole('button', { name: /^Link GitHub to / }));
  await waitFor(() => expect(router.state.location.pathname).toBe('/keys'));
});
