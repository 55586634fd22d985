import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { beforeEach, expect, test, vi } from 'vitest';
import * as save from '@/shared/lib/save';
import { ok, server } from '@/test/server';
import { renderAt } from '@/test/render';

vi.mock('@/shared/lib/save', { spy: true });

const asked: URLSearchParams[] = [];
beforeEach(() => {
  asked.length = 0;
  server.use(
    http.get('*/api/credits/entries', ({ request }) => {
      asked.push(new URL(request.url).searchParams);
      if (request.headers.get('Accept') === 'text/csv') return new HttpResponse('at,kind\n');
      return ok({
        items: [{ id: 'e1', kind: 'spend', amount: -0.0036, at: '2026-11-20T00:00:00Z', generationId: 'g1' }],
        nextCursor: null,
      });
    }),
  );
});

test('balance, grants and entries are shown to the last digit', async () => {
  await renderAt('/credits');
  expect(await screen.findByText('100 of 500 left')).toBeVisible();
  expect(screen.getByText('Monthly allowance')).toBeVisible();
  expect(await screen.findByText('-0.0036')).toBeVisible();
});

test('the filter is sent whole days and stays in the address', async () => {
  await renderAt('/credits?kind=spend&from=2026-11-01&to=2026-11-20');
  await screen.findByText('-0.0036');
  expect(Object.fromEntries(asked[0] ?? [])).toEqual({
    kind: 'spend',
    from: new Date(2026, 10, 1).toISOString(),
    to: new Date(2026, 10, 21).toISOString(),
    limit: '50',
  });
});

test('the spreadsheet has the same filter', async () => {
  vi.mocked(save.saveBlob).mockReturnValue();
  const user = userEvent.setup();
  await renderAt('/credits?kind=spend');
  await user.click(await screen.findByRole('button', { name: 'CSV' }));
  await waitFor(() => expect(save.saveBlob).toHaveBeenCalledWith(expect.anything(), 'aimake-credits.csv'));
  expect(asked.at(-1)?.get('kind')).toBe('spend');
});
