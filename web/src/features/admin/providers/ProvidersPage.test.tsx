import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http } from 'msw';
import { beforeEach, expect, test } from 'vitest';
import type { AdminProvider, PoolKey } from '@/api/types';
import { renderAt } from '@/test/render';
import { user } from '@/test/samples';
import { ok, refuse, server } from '@/test/server';

const provider = (p: Partial<AdminProvider> = {}): AdminProvider => ({
  name: 'openai',
  type: 'openai',
  host: 'api.openai.com',
  kinds: ['chat', 'speech'],
  state: 'degraded',
  keys: { total: 3, healthy: 2 },
  calls: 1200,
  errors: 3,
  firstByteMs: 412.4,
  pair: false,
  disabled: false,
  ...p,
});
const key = (p: Partial<PoolKey> = {}): PoolKey => ({
  id: 'k1',
  name: 'main',
  prefix: 'sk-1',
  last4: 'wxyz',
  source: 'added',
  weight: 2,
  disabled: false,
  state: 'throttled',
  until: new Date(Date.now() + 125_000).toISOString(),
  inFlight: 4,
  lastUsedAt: null,
  lastFault: 'status 429',
  createdAt: '2026-11-01T00:00:00Z',
  ...p,
});

let sent: unknown[] = [];
let files: unknown[] = [];
beforeEach(() => {
  sent = [];
  files = [];
  server.use(
    http.get('*/api/auth/me', () => ok(user({ role: 'admin' }))),
    http.get('*/api/admin/costs', () =>
      ok({
        day: '2026-11-20',
        creditUsd: 0.01,
        items: [],
        count: 7,
        ownKeyCount: 0,
        units: { characters: 0, seconds: 0, pieces: 0 },
        tokens: { input: 0, cached: 0, output: 0 },
        credits: 12,
        costUsd: 0.05,
        marginUsd: 0.07,
        unknownCosts: 0,
      }),
    ),
    http.get('*/api/admin/provider-files', () => ok({ items: files, nextCursor: null })),
    http.get('*/api/admin/providers', () => ok({ items: [provider()], nextCursor: null })),
    http.get('*/api/admin/providers/openai/keys', () =>
      ok({ items: [key(), key({ id: 'k2', name: 'OPENAI_API_KEY', source: 'settings' })], nextCursor: null }),
    ),
    http.get('*/api/admin/providers/openai/events', () =>
      ok({
        items: [
          {
            at: '2026-11-20T00:00:00Z',
            provider: 'openai',
            keyId: 'k1',
            key: 'main',
            what: 'throttled',
            detail: 'status 429',
          },
        ],
        nextCursor: null,
      }),
    ),
    http.put('*/api/admin/providers/openai/keys/k1', async ({ request }) => {
      sent.push(await request.json());
      return ok(key());
    }),
    http.post('*/api/admin/providers/openai/keys', async ({ request }) => {
      sent.push(await request.json());
      return ok(key({ id: 'k3' }), { status: 201 });
    }),
  );
});

test('a provider in one line, with what today cost', async () => {
  await renderAt('/admin/providers');
  const line = await screen.findByRole('button', { name: /openai/ });
  for (const text of ['some keys out', '2 of 3 keys', '1,200 calls', '3 errors', 'first byte 412 ms']) {
    expect(within(line).getByText(text)).toBeVisible();
  }
  expect(await screen.findByText('$0.07')).toBeVisible();
});

test('opened it shows its keys, why one is out, and what happened', async () => {
  const who = userEvent.setup();
  const { router } = await renderAt('/admin/providers');
  await who.click(await screen.findByRole('button', { name: /openai/ }));
  expect(router.state.location.search).toEqual({ open: 'openai' });
  expect(await screen.findAllByText('sk-1…wxyz')).toHaveLength(2);
  expect(screen.getAllByText(/tried again in 2 minutes/)[0]).toBeVisible();
  expect(await screen.findByText('main: asked to slow down')).toBeVisible();
  expect(screen.queryByRole('switch', { name: 'Use OPENAI_API_KEY' })).toBeNull();
});

test('weight and use are changed in place', async () => {
  const who = userEvent.setup();
  await renderAt('/admin/providers?open=openai');
  const weight = await screen.findByRole('textbox', { name: 'Weight of main' });
  await who.clear(weight);
  await who.type(weight, '5{Enter}');
  await waitFor(() => expect(sent).toEqual([{ weight: 5 }]));
  await who.click(screen.getByRole('switch', { name: 'Use main' }));
  await waitFor(() => expect(sent.at(-1)).toEqual({ disabled: true }));
});

test.each([
  ['valid', 'The provider accepts this key; it is in use.'],
  ['refused', 'The provider refuses this key, or its balance is used up. (status 401)'],
  ['unreachable', 'No sensible answer came. The key may still be good. (status 401)'],
])('a test that says %s is told in words', async (result, words) => {
  server.use(
    http.post('*/api/admin/providers/openai/keys/k1/test', () =>
      ok({ result, detail: result === 'valid' ? null : 'status 401' }),
    ),
  );
  const who = userEvent.setup();
  await renderAt('/admin/providers?open=openai');
  await who.click(await screen.findByRole('button', { name: 'Test main' }));
  expect(await screen.findByRole('status')).toHaveTextContent(words);
});

test('a key is added, or refused at its field', async () => {
  const who = userEvent.setup();
  await renderAt('/admin/providers?open=openai');
  await who.click(await screen.findByRole('button', { name: 'Add a key' }));
  const dialog = await screen.findByRole('dialog', { name: 'Add a key for openai' });
  await who.type(within(dialog).getByLabelText('Name'), 'second');
  await who.type(within(dialog).getByLabelText('Key'), 'sk-2-secret');
  server.use(
    http.post(
      '*/api/admin/providers/openai/keys',
      () => refuse(409, 'KEY_EXISTS', 'there already', { field: 'key' }),
      {
        once: true,
      },
    ),
  );
  await who.click(within(dialog).getByRole('button', { name: 'Add a key' }));
  expect(await within(dialog).findByText('there already')).toBeVisible();
  await who.click(within(dialog).getByRole('button', { name: 'Add a key' }));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(sent).toEqual([{ name: 'second', key: 'sk-2-secret', weight: 1 }]);
});

test('a provider is switched off after a question', async () => {
  server.use(
    http.put('*/api/admin/providers/openai', async ({ request }) => {
      sent.push(await request.json());
      return ok(provider({ disabled: true, state: 'off' }));
    }),
  );
  const who = userEvent.setup();
  await renderAt('/admin/providers');
  await who.click(await screen.findByRole('switch', { name: 'Give openai new work' }));
  const dialog = await screen.findByRole('dialog', { name: 'Switch openai off?' });
  expect(sent).toEqual([]);
  await who.click(within(dialog).getByRole('button', { name: 'Switch off' }));
  await waitFor(() => expect(sent).toEqual([{ disabled: true }]));
});

test('a file that describes a provider says what is wrong at which line', async () => {
  files = [
    { name: 'lumen', file: 'lumen.json', state: 'active', problems: [], since: '2026-11-20T00:00:00Z' },
    {
      name: 'keyless',
      file: 'keyless.json',
      state: 'needsKey',
      problems: ['key: KEYLESS_API_KEY is not set.'],
      since: '2026-11-20T00:00:00Z',
    },
    {
      name: 'half',
      file: 'half.json',
      state: 'refused',
      problems: ['line 2, baseUrl: must be a text'],
      since: '2026-11-20T00:00:00Z',
    },
  ];
  await renderAt('/admin/providers');
  expect(await screen.findByText('in order, without a key yet')).toBeVisible();
  expect(await screen.findByText('line 2, baseUrl: must be a text')).toBeVisible();
  expect(screen.getByText('2 to look at')).toBeVisible();
});

test('a key of another address can only be deleted', async () => {
  server.use(
    http.get('*/api/admin/providers/openai/keys', () =>
      ok({
        items: [key({ state: 'moved', until: null, lastFault: 'entered for old.example' })],
        nextCursor: null,
      }),
    ),
  );
  await renderAt('/admin/providers?open=openai');
  expect(await screen.findByRole('button', { name: 'Delete main' })).toBeVisible();
  expect(screen.getByText(/entered for another address/)).toBeVisible();
  expect(screen.queryByRole('button', { name: 'Test main' })).toBeNull();
  expect(screen.queryByRole('switch', { name: 'Use main' })).toBeNull();
});
