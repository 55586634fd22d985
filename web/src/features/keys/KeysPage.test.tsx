import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http } from 'msw';
import { beforeEach, expect, test, vi } from 'vitest';
import type { ApiKey, ApiKeyRequest } from '@/api/types';
import * as clipboard from '@/shared/lib/clipboard';
import { renderAt } from '@/test/render';
import { ok, refuse, server } from '@/test/server';
import { draftOf, requestOf } from './keys';

vi.mock('@/shared/lib/clipboard', { spy: true });

const key = (p: Partial<ApiKey> = {}): ApiKey => ({
  id: 'k1',
  name: 'newsletter',
  prefix: 'aim_live_',
  last4: 'x7Qa',
  scopes: ['chat', 'speech'],
  models: ['gpt-5-mini'],
  createdAt: '2026-11-01T00:00:00Z',
  lastUsedAt: null,
  expiresAt: null,
  creditLimit: { amount: 100, window: 'month', used: 25 },
  rateLimit: 60,
  maxConcurrency: null,
  ...p,
});
const SECRET = 'aim_live_0000secret0000';

let sent: ApiKeyRequest[] = [];
let there: ApiKey[] = [];
beforeEach(() => {
  sent = [];
  there = [key()];
  server.use(
    http.get('*/api/tokens', () => ok({ items: there, nextCursor: null })),
    http.post<never, ApiKeyRequest>('*/api/tokens', async ({ request }) => {
      sent.push(await request.json());
      there = [key({ id: 'k2', name: 'robot' }), ...there];
      return ok({ ...there[0], secret: SECRET }, { status: 201 });
    }),
    http.put<{ id: string }, ApiKeyRequest>('*/api/tokens/:id', async ({ request }) => {
      sent.push(await request.json());
      return ok(there[0]);
    }),
    http.delete('*/api/tokens/:id', ({ params }) => {
      there = there.filter((k) => k.id !== params['id']);
      return ok(null);
    }),
  );
});

test('a key shows its ends, what it may do and how much of its limit is used', async () => {
  await renderAt('/keys');
  expect(await screen.findByText('aim_live_…x7Qa')).toBeVisible();
  expect(screen.getByText('25 of 100 credits this month')).toBeVisible();
  expect(screen.getByRole('meter')).toHaveAttribute('aria-valuenow', '25');
  expect(screen.getByText('never used')).toBeVisible();
  expect(screen.getByText('60 requests a minute')).toBeVisible();
});

test('a new key is shown once, can be copied, and is gone with the dialog', async () => {
  vi.mocked(clipboard.copyText).mockResolvedValue();
  const who = userEvent.setup();
  await renderAt('/keys');
  await who.click(await screen.findByRole('button', { name: 'New API key' }));
  const dialog = await screen.findByRole('dialog', { name: 'New API key' });
  await who.type(await within(dialog).findByLabelText('Name'), 'robot');
  await who.click(within(dialog).getByRole('checkbox', { name: 'Videos' }));
  await who.type(within(dialog).getByLabelText('Credits at most'), '12.5');
  await who.selectOptions(within(dialog).getByLabelText('Counted by'), 'day');
  await who.type(within(dialog).getByLabelText('Models', { selector: 'input' }), 'gpt-5-mini,');
  await who.click(within(dialog).getByRole('button', { name: 'New API key' }));

  expect(await screen.findByText(SECRET)).toBeVisible();
  expect(sent[0]).toEqual({
    name: 'robot',
    scopes: ['chat', 'speech', 'images', 'transcription', 'embeddings', 'models'],
    models: ['gpt-5-mini'],
    expiresAt: null,
    creditLimit: { amount: 12.5, window: 'day' },
    rateLimit: null,
    maxConcurrency: null,
  });
  await who.keyboard('{Escape}');
  expect(screen.getByText(SECRET)).toBeVisible();
  await who.click(screen.getByRole('button', { name: 'Copy the key' }));
  expect(clipboard.copyText).toHaveBeenCalledWith(SECRET);
  await who.click(screen.getByRole('button', { name: 'I have kept it' }));
  await waitFor(() => expect(screen.queryByText(SECRET)).toBeNull());
  expect(await screen.findByText('robot')).toBeVisible();
});

test('what is missing and what the server refuses are told at their fields', async () => {
  server.use(
    http.post('*/api/tokens', () =>
      refuse(403, 'SCOPE_EXCEEDS_GRANT', 'at most 600 a minute', { field: 'rateLimit' }),
    ),
  );
  const who = userEvent.setup();
  await renderAt('/keys');
  await who.click(await screen.findByRole('button', { name: 'New API key' }));
  const dialog = await screen.findByRole('dialog');
  const submit = await within(dialog).findByRole('button', { name: 'New API key' });
  await who.click(submit);
  expect(await within(dialog).findByText(/Give it a name/)).toBeVisible();
  await who.type(within(dialog).getByLabelText('Name'), 'fast');
  await who.type(within(dialog).getByLabelText('Requests a minute'), '9000');
  await who.click(submit);
  expect(await within(dialog).findByText('at most 600 a minute')).toBeVisible();
});

test('revoking asks first', async () => {
  const who = userEvent.setup();
  await renderAt('/keys');
  await who.click(await screen.findByRole('button', { name: 'Revoke newsletter' }));
  const dialog = await screen.findByRole('dialog', { name: 'Revoke this key?' });
  await who.click(within(dialog).getByRole('button', { name: 'Cancel' }));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  await who.click(screen.getByRole('button', { name: 'Revoke newsletter' }));
  await who.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Revoke' }));
  expect(await screen.findByText('No API keys yet')).toBeVisible();
});

test('changing begins with the terms it has', async () => {
  const who = userEvent.setup();
  await renderAt('/keys');
  await who.click(await screen.findByRole('button', { name: 'Change newsletter' }));
  const dialog = await screen.findByRole('dialog', { name: 'Change API key' });
  const name = await within(dialog).findByLabelText('Name');
  expect(name).toHaveValue('newsletter');
  await who.clear(name);
  await who.type(name, 'letters');
  await who.click(within(dialog).getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(sent[0]).toEqual({ ...requestOf(draftOf(key())), name: 'letters' });
});

test('the last day is the reader’s own, and comes back as it was chosen', () => {
  const chosen = { ...draftOf(key()), expires: '2027-03-28' };
  const { expiresAt } = requestOf(chosen);
  expect(new Date(expiresAt ?? '')).toEqual(new Date(2027, 2, 29));
  expect(draftOf(key({ expiresAt: expiresAt ?? null })).expires).toBe('2027-03-28');
});
