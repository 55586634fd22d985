import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http } from 'msw';
import { beforeEach, expect, test } from 'vitest';
import { user as person } from '@/test/samples';
import { ok, refuse, server } from '@/test/server';
import { renderAt } from '@/test/render';

const grant = () => ok({ user: person(), accessToken: 'token-2', expiresIn: 900 });

beforeEach(() => localStorage.removeItem('aimake.session'));

test('a stranger at the studio door is sent to sign in and comes back after', async () => {
  server.use(http.post('*/api/auth/login', grant));
  const user = userEvent.setup();
  const { router } = await renderAt('/library?q=sea');
  expect(router.state.location.pathname).toBe('/sign-in');
  await user.type(await screen.findByRole('textbox', { name: 'E-mail or username' }), 'mei');
  await user.type(screen.getByLabelText('Password'), 'a long sentence');
  await user.click(screen.getByRole('button', { name: 'Sign in' }));
  await waitFor(() => expect(router.state.location.href).toBe('/library?q=sea'));
});

test('wrong words are told in place', async () => {
  server.use(
    http.post('*/api/auth/login', () => refuse(401, 'INVALID_CREDENTIALS', 'Name or password is wrong.')),
  );
  const user = userEvent.setup();
  await renderAt('/sign-in');
  await user.type(await screen.findByRole('textbox', { name: 'E-mail or username' }), 'mei');
  await user.type(screen.getByLabelText('Password'), 'wrong');
  await user.click(screen.getByRole('button', { name: 'Sign in' }));
  expect(await screen.findByRole('alert')).toHaveTextContent('Name or password is wrong.');
});

test('the set-up link makes the first admin with its token, and the token leaves the address', async () => {
  const sent: unknown[] = [];
  server.use(
    http.post('*/api/auth/register', async ({ request }) => {
      sent.push(await request.json());
      return grant();
    }),
  );
  const user = userEvent.setup();
  const { router } = await renderAt('/setup?token=one-time');
  await waitFor(() => expect(router.state.location.href).toBe('/setup'));
  await user.type(await screen.findByRole('textbox', { name: 'Username' }), 'root');
  await user.type(screen.getByRole('textbox', { name: 'E-mail' }), 'root@example.com');
  await user.type(screen.getByLabelText(/^Password/), 'a long sentence');
  await user.click(screen.getByRole('button', { name: 'Create the admin account' }));
  await waitFor(() => expect(router.state.location.pathname).toBe('/studio/speech'));
  expect(sent).toEqual([
    {
      username: 'root',
      email: 'root@example.com',
      password: 'a long sentence',
      agreement: true,
      setupToken: 'one-time',
    },
  ]);
});

test('a name already taken is told at the field', async () => {
  server.use(
    http.post('*/api/auth/register', () =>
      refuse(409, 'USERNAME_TAKEN', 'This name is taken.', { field: 'username' }),
    ),
  );
  const user = userEvent.setup();
  await renderAt('/sign-up');
  await user.type(await screen.findByRole('textbox', { name: 'Username' }), 'mei');
  await user.type(screen.getByRole('textbox', { name: 'E-mail' }), 'mei@example.com');
  await user.type(screen.getByLabelText(/^Password/), 'a long sentence');
  await user.click(screen.getByRole('button', { name: 'Create account' }));
  expect(await screen.findByText('This name is taken.')).toBeVisible();
  expect(screen.getByRole('textbox', { name: 'Username' })).toBeInvalid();
});

test('what is plainly wrong is said before anything is sent', async () => {
  const user = userEvent.setup();
  await renderAt('/sign-up');
  await user.type(await screen.findByRole('textbox', { name: 'E-mail' }), 'nobody');
  await user.click(screen.getByRole('button', { name: 'Create account' }));
  expect(await screen.findByText('This does not look like an e-mail address.')).toBeVisible();
  expect(screen.getByText('Between 8 and 128 characters.')).toBeVisible();
});
