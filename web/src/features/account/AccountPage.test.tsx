import { screen, waitFor } from '@testing-library/react';
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
