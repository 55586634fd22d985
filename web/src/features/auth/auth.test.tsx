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

test('what an account agrees to can be read before it is made, in a tab of its own', async () => {
  server.use(
    http.get('*/api/auth/agreement', () =>
      ok({ version: '1', termsUrl: 'https://studio.example/terms', privacyUrl: null }),
    ),
  );
  await renderAt('/sign-up');
  const link = await screen.findByRole('link', { name: /Terms of use/ });
  expect(link).toHaveAttribute('href', 'https://studio.example/terms');
  expect(link).toHaveAttribute('target', '_blank');
  expect(screen.queryByRole('link', { name: /Privacy/ })).toBeNull();
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

test('a second factor is asked for after the password, and the code goes along', async () => {
  const sent: unknown[] = [];
  server.use(
    http.post('*/api/auth/login', async ({ request }) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what our own page sent
      const body = (await request.json()) as { totp?: string };
      sent.push(body.totp);
      if (body.totp === undefined) return refuse(401, 'TOTP_REQUIRED', 'Enter the code.', { field: 'totp' });
      if (body.totp !== '123456')
        return refuse(403, 'TOTP_INVALID', 'This code is wrong.', { field: 'totp' });
      return grant();
    }),
  );
  const user = userEvent.setup();
  const { router } = await renderAt('/sign-in');
  await user.type(await screen.findByRole('textbox', { name: 'E-mail or username' }), 'mei');
  await user.type(screen.getByLabelText('Password'), 'a long sentence');
  await user.click(screen.getByRole('button', { name: 'Sign in' }));
  const code = await screen.findByRole('textbox', { name: /^Code from your app/ });
  expect(screen.queryByRole('alert')).toBeNull();
  await user.type(code, '000000');
  await user.click(screen.getByRole('button', { name: 'Sign in' }));
  expect(await screen.findByRole('alert')).toHaveTextContent('This code is wrong.');
  await user.clear(code);
  await user.type(code, ' 123456');
  await user.click(screen.getByRole('button', { name: 'Sign in' }));
  await waitFor(() => expect(router.state.location.pathname).toBe('/studio/speech'));
  expect(sent).toEqual([undefined, '000000', '123456']);
});

test('a forgotten password: the same words whoever asks, and the link of the mail sets a new one', async () => {
  const sent: unknown[] = [];
  server.use(
    http.post('*/api/auth/password/forgot', () => ok({ mailed: true })),
    http.post('*/api/auth/password/reset', async ({ request }) => {
      sent.push(await request.json());
      return ok(null);
    }),
  );
  const user = userEvent.setup();
  await renderAt('/forgot-password');
  await user.type(await screen.findByRole('textbox', { name: 'E-mail' }), 'mei@example.com');
  await user.click(screen.getByRole('button', { name: 'Mail me the link' }));
  expect(await screen.findByText(/If there is an account with mei@example.com/)).toBeVisible();

  location.hash = '#token=mailed';
  await renderAt('/reset-password');
  await user.type(await screen.findByLabelText('New password'), 'quite another one');
  expect(location.hash).toBe('');
  await user.click(screen.getByRole('button', { name: 'Set the password' }));
  expect(await screen.findByRole('heading', { name: 'Your password is changed' })).toBeVisible();
  expect(sent).toEqual([{ token: 'mailed', newPassword: 'quite another one' }]);
});

test('the link of a mail confirms an address, and a used one says so', async () => {
  server.use(http.post('*/api/auth/email/verify', () => ok({ email: 'mei@example.com' })));
  location.hash = '#token=mailed';
  await renderAt('/verify-email');
  expect(await screen.findByText('mei@example.com belongs to your account now.')).toBeVisible();
  server.use(
    http.post('*/api/auth/email/verify', () => refuse(400, 'EMAIL_TOKEN_INVALID', 'This link was used.')),
  );
  location.hash = '#token=mailed';
  await renderAt('/verify-email');
  expect(await screen.findByText('This link was used.')).toBeVisible();
});
