import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http } from 'msw';
import { expect, test, vi } from 'vitest';
import { audio, voice } from '@/test/samples';
import { ok, ownPrice, price, refuse, server } from '@/test/server';
import { renderAt } from '@/test/render';

const page = (...items: ReturnType<typeof audio>[]) => ok({ items, nextCursor: null });

test('an empty library offers the first step', async () => {
  server.use(http.get('*/api/audios', () => page()));
  await renderAt('/library');
  expect(await screen.findByRole('link', { name: 'Speak your first text' })).toHaveAttribute(
    'href',
    '/studio/speech',
  );
});

test('a search is sent to the server and stays in the address', async () => {
  const asked: string[] = [];
  server.use(
    http.get('*/api/audios', ({ request }) => {
      asked.push(new URL(request.url).searchParams.get('q') ?? '');
      return page(audio());
    }),
  );
  const user = userEvent.setup();
  await renderAt('/library');
  await user.type(await screen.findByRole('textbox', { name: 'Search titles and texts' }), '港口');
  await waitFor(() => expect(asked).toEqual(['', '港口']));
});

test('a new title shows at once and is taken back when refused', async () => {
  let answer!: () => void;
  const held = new Promise<void>((go) => (answer = go));
  server.use(
    http.put('*/api/audios/a1', async () => {
      await held;
      return refuse(409, 'CONFLICT', 'It changed in the meantime; load it again.');
    }),
  );
  const user = userEvent.setup();
  await renderAt('/library');
  await user.click(await screen.findByRole('button', { name: 'More for Harbour' }));
  await user.click(await screen.findByRole('menuitem', { name: 'Rename' }));
  await user.clear(screen.getByRole('textbox', { name: 'New title' }));
  await user.type(screen.getByRole('textbox', { name: 'New title' }), 'Gulls{Enter}');
  expect(await screen.findByRole('button', { name: 'Gulls' })).toBeVisible();
  answer();
  expect(await screen.findByRole('button', { name: 'Harbour' })).toBeVisible();
});

test('a tag ends at fifty characters, and one the server refuses leaves the field', async () => {
  const sent: unknown[] = [];
  server.use(
    http.put('*/api/audios/a1', async ({ request }) => {
      sent.push(await request.json());
      return refuse(400, 'FIELD_INVALID', 'No such tag, please.', { field: 'tags' });
    }),
  );
  const user = userEvent.setup();
  await renderAt('/library?open=a1');
  const field = await screen.findByRole('combobox', { name: 'Tags' });
  await user.type(field, `${'x'.repeat(60)}{Enter}`);
  await waitFor(() => expect(sent).toEqual([{ tags: ['x'.repeat(50)] }]));
  await waitFor(() => expect(screen.queryByText('x'.repeat(50))).not.toBeInTheDocument());
  await user.type(field, 'next{Enter}');
  await waitFor(() => expect(sent.at(-1)).toEqual({ tags: ['next'] }));
});

test('a row that plays has one button for it', async () => {
  vi.spyOn(HTMLMediaElement.prototype, 'play').mockResolvedValue();
  const user = userEvent.setup();
  await renderAt('/library');
  await user.click(await screen.findByRole('button', { name: 'Play Harbour' }));
  expect(await screen.findByRole('slider')).toBeInTheDocument();
  expect(screen.getAllByRole('button', { name: /^(Play|Pause)( Harbour)?$/ })).toHaveLength(1);
});

test('a refused deletion puts the row back', async () => {
  server.use(http.delete('*/api/audios/a1', () => refuse(503, 'DATABASE_UNAVAILABLE', 'Try again.')));
  const user = userEvent.setup();
  await renderAt('/library');
  await user.click(await screen.findByRole('button', { name: 'More for Harbour' }));
  await user.click(await screen.findByRole('menuitem', { name: 'Delete' }));
  expect(await screen.findByRole('button', { name: 'Harbour' })).toBeVisible();
});

test('the next page is asked for with the cursor of the last', async () => {
  const cursors: (string | null)[] = [];
  server.use(
    http.get('*/api/audios', ({ request }) => {
      const cursor = new URL(request.url).searchParams.get('cursor');
      cursors.push(cursor);
      return cursor === null
        ? ok({ items: [audio()], nextCursor: 'c2' })
        : ok({ items: [audio({ id: 'a2', title: 'Second' })], nextCursor: null });
    }),
  );
  const user = userEvent.setup();
  await renderAt('/library');
  await user.click(await screen.findByRole('button', { name: 'Load more' }));
  expect(await screen.findByRole('button', { name: 'Second' })).toBeVisible();
  expect(screen.getByRole('button', { name: 'Harbour' })).toBeVisible();
  expect(cursors).toEqual([null, 'c2']);
});

test('J and K walk the list', async () => {
  server.use(http.get('*/api/audios', () => page(audio(), audio({ id: 'a2', title: 'Second' }))));
  const user = userEvent.setup();
  await renderAt('/library');
  await screen.findByRole('button', { name: 'Second' });
  await user.keyboard('jj');
  expect(screen.getAllByRole('listitem')[1]).toHaveAttribute('aria-current', 'true');
  await user.keyboard('k');
  expect(screen.getAllByRole('listitem')[0]).toHaveAttribute('aria-current', 'true');
});

test('a corrected sentence shows the price of the change alone and asks for it by the sound', async () => {
  const quoted: unknown[] = [];
  const edited: unknown[] = [];
  server.use(
    http.post('*/api/tts/quote', async ({ request }) => {
      quoted.push(await request.json());
      return ok(price(0.1, 1200));
    }),
    http.post('*/api/audios/a1/edit', async ({ request }) => {
      edited.push(await request.json());
      return ok({ id: 'a1', generationId: 'g2' });
    }),
  );
  const user = userEvent.setup();
  await renderAt('/library?open=a1');
  await user.type(await screen.findByRole('textbox', { name: 'Text of this sound' }), ' Gulls cry.');
  expect(await screen.findByText('1,200 characters reused for free')).toBeVisible();
  expect(quoted.at(-1)).toMatchObject({ audioId: 'a1', text: 'The harbour wakes. Gulls cry.' });
  await user.click(screen.getByRole('button', { name: 'Speak the change' }));
  await waitFor(() => expect(edited).toEqual([{ text: 'The harbour wakes. Gulls cry.' }]));
});

test('a change is spoken with one’s own key where that opens the voice', async () => {
  const edited: unknown[] = [];
  server.use(
    http.get('*/api/voices', () => ok({ items: [voice({ id: 'ava' })], nextCursor: null })),
    http.post('*/api/tts/quote', async ({ request }) =>
      ok(JSON.stringify(await request.json()).includes('"ownKey":true') ? ownPrice() : price(0.1)),
    ),
    http.post('*/api/audios/a1/edit', async ({ request }) => {
      edited.push(await request.json());
      return ok({ id: 'a1', generationId: 'g2' });
    }),
  );
  const user = userEvent.setup();
  await renderAt('/library?open=a1');
  await user.type(await screen.findByRole('textbox', { name: 'Text of this sound' }), ' Gulls cry.');
  await user.click(await screen.findByRole('switch', { name: 'Pay with my own provider key' }));
  expect(await screen.findByText('your own key')).toBeVisible();
  await user.click(screen.getByRole('button', { name: 'Speak the change' }));
  await waitFor(() => expect(edited).toEqual([{ text: 'The harbour wakes. Gulls cry.', ownKey: true }]));
});

test('a receipt lists its lines and their sum', async () => {
  server.use(
    http.get('*/api/generations/g1/receipt', () =>
      ok({
        generationId: 'g1',
        provider: 'espeak',
        model: 'espeak-ng',
        lines: [
          {
            what: 'speech',
            units: 18,
            unit: '1000 characters',
            price: 0.2,
            priceSource: 'list 2026-11',
            credits: 0.0036,
            cached: false,
          },
          {
            what: 'speech',
            units: 40,
            unit: '1000 characters',
            price: 0.2,
            priceSource: 'list 2026-11',
            credits: 0,
            cached: true,
          },
        ],
        credits: 0.0036,
        ceiling: 0.02,
        retries: 0,
      }),
    ),
  );
  await renderAt('/library?open=a1&tab=receipt');
  expect(await screen.findByText('reused, free')).toBeVisible();
  expect(screen.getByRole('row', { name: 'Speech 18 characters 0.2 / 1,000 0.0036' })).toBeVisible();
  expect(screen.getByRole('row', { name: 'Charged 0.0036' })).toBeVisible();
});
