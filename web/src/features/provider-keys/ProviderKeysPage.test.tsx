import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http } from 'msw';
import { beforeEach, expect, test } from 'vitest';
import type { ProviderKey, ProviderKeyRequest } from '@/api/types';
import { renderAt } from '@/test/render';
import { ok, refuse, server } from '@/test/server';

const key = (p: Partial<ProviderKey> = {}): ProviderKey => ({
  id: 'p1',
  service: 'openai',
  keyName: 'mine',
  keyValue: '••••wxyz',
  baseUrl: null,
  status: 'active',
  createdAt: '2026-11-01T00:00:00Z',
  lastUsed: null,
  usageStats: { totalCalls: 1200, monthlyUsage: 30, dailyUsage: 4 },
  ...p,
});

let there: ProviderKey[] = [];
let sent: unknown[] = [];
beforeEach(() => {
  there = [key()];
  sent = [];
  server.use(
    http.get('*/api/keys', () => ok({ items: there, nextCursor: null })),
    http.post<never, ProviderKeyRequest>('*/api/keys', async ({ request }) => {
      const body = await request.json();
      sent.push(body);
      there = [key({ id: 'p2', service: body.service, keyName: body.keyName }), ...there];
      return ok(there[0], { status: 201 });
    }),
    http.put('*/api/keys/:id', async ({ request }) => {
      sent.push(await request.json());
      there = [key({ status: 'disabled' })];
      return ok(there[0]);
    }),
    http.delete('*/api/keys/:id', () => {
      there = [];
      return ok(null);
    }),
  );
});

test.each([
  ['valid', 'openai accepts this key.'],
  ['refused', 'openai refuses this key, or its balance is used up.'],
  ['unreachable', 'openai gave no sensible answer. The key may still be good; try again later.'],
])('a test that says %s is told in words', async (result, words) => {
  server.use(http.post('*/api/keys/:id/test', () => ok({ result, status: 'active' })));
  const who = userEvent.setup();
  await renderAt('/provider-keys');
  expect(await screen.findByText('••••wxyz')).toBeVisible();
  expect(screen.getByText('calls: 4 today, 30 this month, 1,200 in all')).toBeVisible();
  await who.click(screen.getByRole('button', { name: 'Test mine' }));
  expect(await screen.findByRole('status')).toHaveTextContent(words);
});

test('a key is sent once, trimmed, and is not on the page afterwards', async () => {
  const who = userEvent.setup();
  await renderAt('/provider-keys');
  await who.click(await screen.findByRole('button', { name: 'Add a key' }));
  const dialog = await screen.findByRole('dialog');
  await who.type(await within(dialog).findByLabelText('Provider', { selector: 'input' }), 'elevenlabs');
  await who.type(within(dialog).getByLabelText('Name'), 'second');
  await who.type(within(dialog).getByLabelText('Key'), ' sk-secret-1 ');
  await who.click(within(dialog).getByRole('button', { name: 'Add a key' }));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(sent).toEqual([
    { service: 'elevenlabs', keyName: 'second', keyValue: 'sk-secret-1', baseUrl: null },
  ]);
  expect(await screen.findByText('second')).toBeVisible();
  expect(document.body.innerHTML).not.toContain('sk-secret-1');
});

test('what is missing is asked for, and what is refused stands at its field', async () => {
  server.use(
    http.post('*/api/keys', () => refuse(400, 'URL_NOT_ALLOWED', 'not that address', { field: 'baseUrl' })),
  );
  const who = userEvent.setup();
  await renderAt('/provider-keys');
  await who.click(await screen.findByRole('button', { name: 'Add a key' }));
  const dialog = await screen.findByRole('dialog');
  const submit = await within(dialog).findByRole('button', { name: 'Add a key' });
  await who.click(submit);
  expect(await within(dialog).findAllByText('This is needed.')).toHaveLength(3);
  await who.type(within(dialog).getByLabelText('Provider', { selector: 'input' }), 'openai');
  await who.type(within(dialog).getByLabelText('Name'), 'n');
  await who.type(within(dialog).getByLabelText('Key'), 'k');
  await who.type(within(dialog).getByLabelText('Another address'), 'http://169.254.169.254/');
  await who.click(submit);
  expect(await within(dialog).findByText('not that address')).toBeVisible();
});

test('a key can be set aside, and deleted after a question', async () => {
  const who = userEvent.setup();
  await renderAt('/provider-keys');
  await who.click(await screen.findByRole('switch', { name: 'Use mine' }));
  await waitFor(() => expect(sent).toEqual([{ status: 'disabled' }]));
  await waitFor(() => expect(screen.getByRole('switch', { name: 'Use mine' })).not.toBeChecked());
  await who.click(screen.getByRole('button', { name: 'Delete mine' }));
  await who.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Delete' }));
  expect(await screen.findByText('No keys of your own')).toBeVisible();
});
