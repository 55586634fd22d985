import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { beforeEach, expect, test, vi } from 'vitest';
import type { Usage, UsageSeries } from '@/api/types';
import * as save from '@/shared/lib/save';
import { renderAt } from '@/test/render';
import { user } from '@/test/samples';
import { ok, refuse, server } from '@/test/server';

vi.mock('@/shared/lib/save', { spy: true });

const figures = (credits: number, count: number) => ({
  count,
  ownKeyCount: 1,
  units: { characters: 1200, seconds: 8.25, pieces: 0 },
  tokens: { input: 4000, cached: 1000, output: 600 },
  credits,
});
const speech = { ...figures(2.5, 3), service: 'speech' };
const chat = { ...figures(0.0004, 7), service: 'chat' };
const total: Usage = {
  ...figures(2.5004, 10),
  from: '2026-10-22',
  to: '2026-11-20',
  services: [speech, chat],
  models: [
    { ...speech, model: 'espeak-ng', provider: 'espeak' },
    { ...chat, model: 'gpt-5-mini', provider: 'openai' },
  ],
};
const series: UsageSeries = {
  from: '2026-11-18',
  to: '2026-11-20',
  items: [{ ...figures(2.5004, 10), period: '2026-11-20', services: [speech, chat] }],
};

const asked: URLSearchParams[] = [];
beforeEach(() => {
  asked.length = 0;
  server.use(
    http.get('*/api/stats/usage', ({ request }) => {
      asked.push(new URL(request.url).searchParams);
      return ok(total);
    }),
    http.get('*/api/stats/usage/daily', ({ request }) =>
      request.headers.get('Accept') === 'text/csv' ? new HttpResponse('day\n') : ok(series),
    ),
  );
});

test('sums, chart and models tell the same', async () => {
  await renderAt('/usage');
  expect(await screen.findByTitle('2.5004')).toHaveTextContent('2.5');
  const row = screen.getByRole('row', { name: /espeak-ng/ });
  expect(within(row).getByText('Speech · espeak')).toBeVisible();
  expect(within(row).getByText(/1,200 characters/)).toBeVisible();
  const chart = await screen.findByRole('slider', { name: 'Credits by kind' });
  expect(chart).toHaveAttribute('aria-valuetext', 'Nov 20, 2026: Total 2.5, Speech 2.5, Chat 0.0004');
  expect(screen.queryByText('Margin')).toBeNull();
});

test('the arrow keys walk the columns and the measure can be changed', async () => {
  const who = userEvent.setup();
  await renderAt('/usage');
  const chart = await screen.findByRole('slider');
  chart.focus();
  await who.keyboard('{ArrowLeft}');
  expect(chart).toHaveAttribute('aria-valuetext', 'Nov 19, 2026: Total 0');
  await who.click(screen.getByRole('radio', { name: 'Calls' }));
  expect(await screen.findByRole('slider', { name: 'Calls by kind' })).toHaveAttribute(
    'aria-valuetext',
    expect.stringContaining('Nov 20, 2026: Total 10, Speech 3, Chat 7'),
  );
});

test('a model narrows everything down and the address says so', async () => {
  const who = userEvent.setup();
  const { router } = await renderAt('/usage?days=7');
  await who.click(await screen.findByRole('button', { name: 'gpt-5-mini' }));
  await waitFor(() => expect(asked.at(-1)?.get('model')).toBe('gpt-5-mini'));
  expect(router.state.location.search).toEqual({ days: 7, model: 'gpt-5-mini' });
  await who.click(screen.getByRole('button', { name: 'Show all models' }));
  await waitFor(() => expect(router.state.location.search).toEqual({ days: 7 }));
});

test('nothing used is an invitation, and nothing found a way back', async () => {
  server.use(http.get('*/api/stats/usage', () => ok({ ...total, count: 0, models: [], services: [] })));
  await renderAt('/usage');
  expect(await screen.findByRole('link', { name: 'Make something' })).toBeVisible();
  expect(screen.queryByRole('slider')).toBeNull();
});

test('a fault is told in place and can be tried again', async () => {
  server.use(
    http.get('*/api/stats/usage', () => refuse(400, 'FIELD_INVALID', 'at most 400 days'), { once: true }),
  );
  const who = userEvent.setup();
  await renderAt('/usage?from=2020-01-01&to=2026-01-01');
  expect(await screen.findByText('at most 400 days')).toBeVisible();
  await who.click(screen.getByRole('button', { name: 'Try again' }));
  expect(await screen.findByText('By model')).toBeVisible();
});

test('an administrator sees cost and margin, and everybody', async () => {
  server.use(
    http.get('*/api/auth/me', () => ok(user({ role: 'admin' }))),
    http.get('*/api/stats/usage', ({ request }) => {
      asked.push(new URL(request.url).searchParams);
      return ok({ ...total, costUsd: 0.00321, marginUsd: -0.007, unknownCosts: 2 });
    }),
  );
  const who = userEvent.setup();
  await renderAt('/usage');
  expect(await screen.findByText('$0.00321')).toBeVisible();
  expect(screen.getByText('2 calls of unknown cost')).toBeVisible();
  await who.click(screen.getByRole('switch', { name: "Everybody's" }));
  await waitFor(() => expect(asked.at(-1)?.get('everyone')).toBe('true'));
});

test('the spreadsheet is the same span', async () => {
  vi.mocked(save.saveBlob).mockReturnValue();
  const who = userEvent.setup();
  await renderAt('/usage?from=2026-11-01&to=2026-11-20&service=chat');
  await who.click(await screen.findByRole('button', { name: 'CSV' }));
  await waitFor(() => expect(save.saveBlob).toHaveBeenCalledWith(expect.anything(), 'aimake-usage.csv'));
  expect(Object.fromEntries(asked[0] ?? [])).toEqual({
    from: '2026-11-01',
    to: '2026-11-20',
    service: 'chat',
  });
});
