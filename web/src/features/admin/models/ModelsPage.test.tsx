import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http } from 'msw';
import { expect, test } from 'vitest';
import type { AdminModel } from '@/api/types';
import { renderAt } from '@/test/render';
import { user } from '@/test/samples';
import { ok, refuse, server } from '@/test/server';

const price = {
  unit: 'character',
  per: 1000,
  size: null,
  quality: null,
  above: null,
  credits: 3,
  source: 'house list',
  date: '2026-11-20',
  costUsd: 0.015,
  costSource: 'vendor list',
  margin: 0.5,
};
const model = (p: Partial<AdminModel>): AdminModel => ({
  id: 'tts-1',
  kind: 'speech',
  name: 'TTS-1',
  provider: 'openai',
  upstream: 'tts-1',
  choose: 'order',
  routes: [],
  prices: [price],
  retires: null,
  state: 'offered',
  disabled: false,
  repriced: false,
  creditUsd: 0.01,
  ...p,
});

const admin = () =>
  server.use(
    http.get('*/api/auth/me', () => ok(user({ role: 'admin' }))),
    http.get('*/api/admin/models', ({ request }) =>
      new URL(request.url).searchParams.has('cursor')
        ? ok({
            items: [model({ id: 'last', kind: 'chat', prices: [], state: 'unpriced' })],
            nextCursor: null,
          })
        : ok({
            items: [
              model({
                choose: 'price',
                routes: [{ provider: 'azure', upstream: 'x', weight: 1 }],
                prices: [
                  price,
                  { ...price, unit: 'image', per: 1, size: '1024x1024', quality: 'high', margin: -0.2 },
                  { ...price, above: 272_000, margin: 0.4 },
                ],
              }),
            ],
            nextCursor: 'c',
          }),
    ),
  );

test('every page of the catalog is shown, with what stays of each price', async () => {
  admin();
  await renderAt('/admin/models');
  const first = await screen.findByRole('row', { name: /tts-1/ });
  expect(within(first).getByText('openai → azure (cheapest first)')).toBeVisible();
  expect(within(first).getByText('1,000 characters')).toBeVisible();
  expect(within(first).getByText('50%')).toBeVisible();
  expect(screen.getByText('for prompts above 272,000 tokens')).toBeVisible();
  expect(screen.getByText('1024x1024 · high')).toBeVisible();
  expect(screen.getByText('-20%')).toBeVisible();
  expect(screen.getByText('No price: it cannot be used.')).toBeVisible();
});

test('searching narrows the list and stays in the address', async () => {
  admin();
  const who = userEvent.setup();
  const { router } = await renderAt('/admin/models?kind=speech');
  expect(await screen.findByText('tts-1')).toBeVisible();
  expect(screen.queryByText('last')).toBeNull();
  await who.type(screen.getByRole('textbox', { name: 'Search models and providers' }), 'nobody');
  expect(await screen.findByText('No such model')).toBeVisible();
  expect(router.state.location.search).toEqual({ kind: 'speech', q: 'nobody' });
});

test('for others the page does not exist', async () => {
  await renderAt('/admin/models');
  expect(await screen.findByText('There is no page here')).toBeVisible();
  expect(screen.queryByText('Models and prices')).toBeNull();
});

test('a model is switched off with one press, and on again with the next', async () => {
  admin();
  const sent: unknown[] = [];
  server.use(
    http.put('*/api/admin/models/tts-1', async ({ request }) => {
      const body: unknown = await request.json();
      sent.push(body);
      const disabled = JSON.stringify(body).includes('true');
      return ok(model({ disabled, state: disabled ? 'disabled' : 'offered' }));
    }),
  );
  const who = userEvent.setup();
  await renderAt('/admin/models');
  await who.click(await screen.findByRole('switch', { name: 'Offer tts-1' }));
  await waitFor(() => expect(sent).toEqual([{ disabled: true }]));
});

test('a price is changed with its margin in sight; a refusal stands at its field', async () => {
  admin();
  const sent: unknown[] = [];
  server.use(
    http.get('*/api/admin/models/tts-1/versions', () =>
      ok({
        items: [{ at: '2026-11-20T00:00:00Z', by: 'u', username: 'mei', disabled: true, prices: null }],
        nextCursor: null,
      }),
    ),
    http.put('*/api/admin/models/tts-1', async ({ request }) => {
      sent.push(await request.json());
      return sent.length === 1
        ? refuse(400, 'FIELD_OUT_OF_RANGE', 'too much', { field: 'prices[0].credits' })
        : ok(model({ repriced: true }));
    }),
  );
  const who = userEvent.setup();
  await renderAt('/admin/models?kind=speech');
  await who.click(await screen.findByRole('button', { name: 'Change the prices of tts-1' }));
  const dialog = await screen.findByRole('dialog', { name: 'Prices of tts-1' });
  const save = within(dialog).getByRole('button', { name: 'Save prices' });
  expect(save).toBeDisabled();
  const field = within(dialog).getByRole('textbox', { name: '1,000 characters' });
  await who.clear(field);
  await who.type(field, '6');
  expect(within(dialog).getByText(/margin 50% → 75%/)).toBeVisible();
  expect(await within(dialog).findByText('1 earlier decision')).toBeVisible();
  await who.click(save);
  expect(
    await within(dialog).findByText('too much', { selector: 'p.mantine-InputWrapper-error' }),
  ).toBeVisible();
  await who.click(save);
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(sent[1]).toEqual({
    prices: [
      { unit: 'character', per: 1000, size: null, quality: null, above: null, credits: 6, source: null },
      { unit: 'image', per: 1, size: '1024x1024', quality: 'high', above: null, credits: 3, source: null },
      { unit: 'character', per: 1000, size: null, quality: null, above: 272_000, credits: 3, source: null },
    ],
  });
});
