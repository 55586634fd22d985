import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http } from 'msw';
import { beforeEach, expect, test } from 'vitest';
import { user as person } from '@/test/samples';
import { ok, refuse, server } from '@/test/server';
import { renderAt } from '@/test/render';

const session = (id: string, current: boolean) => ({
  id,
  current,
  createdAt: '2026-11-01T00:00:00Z',
  lastSeenAt: '2026-11-20T00:00:00Z',
  userAgent: current ? 'Firefox/140.0 Windows' : 'Version/19.0 Mobile Safari/604.1 iPhone',
  address: '192.0.2.7',
});

beforeEach(() => {
  server.use(
    http.get('*/api/auth/sessions', () =>
      ok({ items: [session('s1', true), session('s2', false)], nextCursor: null }),
    ),
    http.get('*/api/auth/totp', () => ok({ enabled: false, since: null, recoveryCodesLeft: 0 })),
  );
});

test('the profile is saved, and a refused picture address is told at its field', async () => {
  server.use(
    http.put('*/api/auth/me', () =>
      refuse(400, 'FIELD_INVALID', 'The picture must be an https address.', { field: 'avatar' }),
    ),
  );
  const user = userEvent.setup();
  await renderAt('/account');
  await user.type(await screen.findByRole('textbox', { name: 'Picture address' }), 'javascript:alert(1)');
  await user.click(screen.getByRole('button', { name: 'Save' }));
  expect(await screen.findByText('The picture must be an https address.')).toBeVisible();
});

test('another device can be signed out, this one cannot', async () => {
  const ended: string[] = [];
  server.use(
    http.delete('*/api/auth/sessions/:id', ({ params }) => {
      ended.push(String(params['id']));
      return ok(null);
    }),
  );
  const user = userEvent.setup();
  await renderAt('/account');
  await user.click(await screen.findByRole('button', { name: 'End' }));
  await waitFor(() => expect(ended).toEqual(['s2']));
});

test('the account is deleted only when its name is typed in full', async () => {
  let deleted: unknown = null;
  server.use(
    http.delete('*/api/auth/me', async ({ request }) => {
      deleted = await request.json();
      return ok(null);
    }),
  );
  const user = userEvent.setup();
  const { router } = await renderAt('/account');
  await user.click(await screen.findByRole('button', { name: 'Delete my account…' }));
  const last = await screen.findByRole('button', { name: 'Delete for good' });
  await user.type(screen.getByRole('textbox', { name: 'Type mei to confirm' }), 'me');
  expect(last).toBeDisabled();
  await user.type(screen.getByRole('textbox', { name: 'Type mei to confirm' }), 'i');
  await user.type(screen.getAllByLabelText('Current password').at(-1) ?? document.body, 'secret words');
  await user.click(last);
  await waitFor(() => expect(deleted).toEqual({ password: 'secret words' }));
  await waitFor(() => expect(router.state.location.pathname).toBe('/'));
});

test('a chosen theme is kept with the account', async () => {
  const sent: unknown[] = [];
  server.use(
    http.put('*/api/auth/me', async ({ request }) => {
      sent.push(await request.json());
      return ok(person({ preferences: { theme: 'dark', language: 'en', notifications: true } }));
    }),
  );
  const user = userEvent.setup();
  await renderAt('/account');
  await user.click(await screen.findByRole('radio', { name: 'Dark' }));
  await waitFor(() =>
    expect(sent).toEqual([{ preferences: { theme: 'dark', language: 'en', notifications: true } }]),
  );
});

test('the second factor is set up with the password, a picture and a first code; recovery codes are shown once', async () => {
  server.use(
    http.post('*/api/auth/totp', () => ok({ secret: 'ABCDEFGH', uri: 'otpauth://totp/x', qr: '<svg/>' })),
    http.post('*/api/auth/totp/confirm', () => ok({ recoveryCodes: ['aaaa-bbbb-cccc-dddd'] })),
  );
  const user = userEvent.setup();
  await renderAt('/account');
  await user.click(await screen.findByRole('button', { name: 'Set up…' }));
  const dialog = await screen.findByRole('dialog');
  await user.type(await within(dialog).findByLabelText('Password'), 'a long sentence');
  await user.click(within(dialog).getByRole('button', { name: 'Next' }));
  expect(await within(dialog).findByRole('img', { name: /QR code/ })).toBeVisible();
  expect(within(dialog).getByText('ABCD EFGH')).toBeVisible();
  await user.type(within(dialog).getByRole('textbox', { name: 'Six-digit code' }), '123456');
  await user.click(within(dialog).getByRole('button', { name: 'Switch on' }));
  expect(await screen.findByText('aaaa-bbbb-cccc-dddd')).toBeVisible();
});

test('an address that waits for its link is named, and the link can be mailed again', async () => {
  let mailed = 0;
  server.use(
    http.get('*/api/auth/me', () => ok(person({ pendingEmail: 'new@example.com' }))),
    http.post('*/api/auth/email/resend', () => {
      mailed++;
      return ok({ email: 'new@example.com' });
    }),
  );
  const user = userEvent.setup();
  await renderAt('/account');
  expect(await screen.findByText(/Open the link we mailed to new@example.com/)).toBeVisible();
  await user.click(screen.getByRole('button', { name: 'Mail the link' }));
  await waitFor(() => expect(mailed).toBe(1));
});

test.each([
  ['premium', 'Premium'],
  ['admin', 'Administrator'],
] as const)('a %s is called so', async (role, name) => {
  server.use(http.get('*/api/auth/me', () => ok(person({ role }))));
  await renderAt('/account');
  expect(await screen.findByText(`mei@example.com · ${name}`)).toBeVisible();
});
