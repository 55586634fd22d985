import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { expect, test } from 'vitest';
import { generation, voice } from '@/test/samples';
import { ok, ownPrice, price, refuse, server } from '@/test/server';
import { renderAt } from '@/test/render';

const done = () => new HttpResponse(null, { headers: { 'content-type': 'text/event-stream' } });

async function write(text: string) {
  const user = userEvent.setup();
  await renderAt('/studio/speech');
  await user.type(await screen.findByRole('textbox', { name: 'Text to speak' }), text);
  return user;
}

test('a text is priced, spoken with the chosen voice and can be played', async () => {
  const sent: unknown[] = [];
  const keys: (string | null)[] = [];
  server.use(
    http.post('*/api/tts/generate', async ({ request }) => {
      sent.push(await request.json());
      keys.push(request.headers.get('Idempotency-Key'));
      return ok({ generationId: 'g1' }, { status: 202 });
    }),
    http.get('*/api/generations/g1/events', done),
    http.get('*/api/generations/g1', () => ok(generation())),
  );
  const user = await write('Hello there');
  await user.click(await screen.findByRole('radio', { name: 'Ava' }));
  expect(await screen.findByText('1.5 credits')).toBeVisible();
  expect(screen.getByText('98.5 left after')).toBeVisible();

  await user.keyboard('{Control>}{Enter}{/Control}');
  const take = await screen.findByRole('listitem');
  expect(await within(take).findByRole('button', { name: 'Play' })).toBeInTheDocument();
  expect(within(take).getByText(/0\.5 credits/)).toBeInTheDocument();
  expect(sent).toEqual([{ text: 'Hello there', voiceId: 'ava', speed: 1, format: 'mp3' }]);
  expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
});

test('too few credits: no take is left behind, price and balance are named, credits are one step away', async () => {
  server.use(
    http.post('*/api/tts/quote', () => ok(price(140))),
    http.post('*/api/tts/generate', () => refuse(402, 'INSUFFICIENT_CREDITS', 'Not enough')),
  );
  const user = await write('Hi');
  expect(await screen.findByText('40 credits short')).toBeVisible();
  await user.click(screen.getByRole('button', { name: /Generate/ }));
  const note = await screen.findByRole('alert');
  expect(note).toHaveTextContent('This costs 140 credits and you have 100.');
  expect(within(note).getByRole('link', { name: 'See credits' })).toHaveAttribute('href', '/credits');
  expect(screen.queryByRole('listitem')).not.toBeInTheDocument();
});

test('with a key of one’s own the voices are those it opens, and the price is none', async () => {
  const sent: unknown[] = [];
  server.use(
    http.get('*/api/voices', ({ request }) =>
      ok({
        items: new URL(request.url).searchParams.has('ownKey')
          ? [voice({ id: 'tts-1:alloy', name: 'Alloy', provider: 'openai' })]
          : [voice()],
        nextCursor: null,
      }),
    ),
    http.post('*/api/tts/quote', async ({ request }) =>
      ok(JSON.stringify(await request.json()).includes('"ownKey":true') ? ownPrice() : price(1.5)),
    ),
    http.post('*/api/tts/generate', async ({ request }) => {
      sent.push(await request.json());
      return ok({ generationId: 'g1' }, { status: 202 });
    }),
    http.get('*/api/generations/g1/events', done),
    http.get('*/api/generations/g1', () => ok(generation())),
  );
  const user = await write('Hello there');
  expect(await screen.findByText('1.5 credits')).toBeVisible();
  await user.click(await screen.findByRole('radio', { name: 'My own key' }));
  expect(await screen.findByRole('radio', { name: 'Alloy' })).toBeChecked();
  expect(screen.queryByRole('radio', { name: 'Ava' })).toBeNull();
  expect(await screen.findByText('0 credits')).toBeVisible();
  expect(screen.getByText('your own key')).toBeVisible();
  await user.click(screen.getByRole('button', { name: /Generate/ }));
  await waitFor(() =>
    expect(sent).toEqual([
      { text: 'Hello there', voiceId: 'tts-1:alloy', speed: 1, format: 'mp3', ownKey: true },
    ]),
  );
});

test('what was refused of one text is not said of the next', async () => {
  server.use(http.post('*/api/tts/generate', () => refuse(503, 'PROVIDER_BUSY', 'Busy just now')));
  const user = await write('Hi');
  await screen.findByText('1.5 credits');
  await user.click(screen.getByRole('button', { name: /Generate/ }));
  expect(await screen.findByRole('alert')).toBeVisible();
  await user.type(screen.getByRole('textbox', { name: 'Text to speak' }), ' there');
  await waitFor(() => expect(screen.queryByRole('alert')).toBeNull());
});

test('throttled: the wait is counted down and the button comes back by itself', async () => {
  server.use(
    http.post('*/api/tts/generate', () =>
      refuse(429, 'RATE_LIMITED', 'Too many requests', {}, { 'Retry-After': '1' }),
    ),
  );
  const user = await write('Hi');
  await screen.findByText('1.5 credits');
  await user.click(screen.getByRole('button', { name: /Generate/ }));
  expect(await screen.findByRole('button', { name: 'Try again in 1 s' })).toBeDisabled();
  expect(await screen.findByRole('button', { name: 'Try again' })).toBeEnabled();
});

test('a fault of the server shows the number to report', async () => {
  server.use(http.post('*/api/tts/generate', () => refuse(500, 'INTERNAL', 'Something failed')));
  const user = await write('Hi');
  await screen.findByText('1.5 credits');
  await user.click(screen.getByRole('button', { name: /Generate/ }));
  expect(await screen.findByText(/tell the operator this number: req-7/)).toBeVisible();
});

test('a word of the server about the text stands at the text', async () => {
  server.use(
    http.post('*/api/tts/quote', () =>
      refuse(400, 'TEXT_EMPTY', 'The text has nothing that can be spoken.', { field: 'text' }),
    ),
  );
  await write('…');
  expect(await screen.findByText('The text has nothing that can be spoken.')).toBeVisible();
  expect(screen.getByRole('textbox', { name: 'Text to speak' })).toBeInvalid();
  expect(screen.getByRole('button', { name: /Generate/ })).toBeDisabled();
  expect(screen.queryByText('Write something to see the price')).not.toBeInTheDocument();
});

test.each(['succeeded', 'canceled'] as const)(
  'the text is priced anew when its take ends as %s',
  async (status) => {
    let spoken = false;
    server.use(
      http.post('*/api/tts/quote', () => ok(spoken ? price(0, 2) : price(1.5))),
      http.post('*/api/tts/generate', () => ok({ generationId: 'g1' }, { status: 202 })),
      http.get('*/api/generations/g1/events', done),
      http.get('*/api/generations/g1', () => {
        spoken = true;
        return ok(generation({ status }));
      }),
    );
    const user = await write('Hi');
    await screen.findByText('1.5 credits');
    await user.click(screen.getByRole('button', { name: /Generate/ }));
    expect(await screen.findByText('0 credits')).toBeVisible();
    expect(screen.getByText('2 characters reused for free')).toBeVisible();
  },
);

test('work that fails says so and says that it was free', async () => {
  server.use(
    http.post('*/api/tts/generate', () => ok({ generationId: 'g1' }, { status: 202 })),
    http.get('*/api/generations/g1/events', done),
    http.get('*/api/generations/g1', () =>
      ok(
        generation({ status: 'failed', assets: [], error: { code: 'UPSTREAM_ERROR', message: 'It broke.' } }),
      ),
    ),
  );
  const user = await write('Hi');
  await screen.findByText('1.5 credits');
  await user.click(screen.getByRole('button', { name: /Generate/ }));
  expect(await screen.findByText('This take failed. You were not charged. It broke.')).toBeVisible();
});

test('a deleted take leaves the list and goes to the bin', async () => {
  const calls: string[] = [];
  server.use(
    http.post('*/api/tts/generate', () => ok({ generationId: 'g1' }, { status: 202 })),
    http.get('*/api/generations/g1/events', done),
    http.get('*/api/generations/g1', () => ok(generation())),
    http.delete('*/api/audios/a1', () => {
      calls.push('delete');
      return ok(null);
    }),
  );
  const user = await write('Hi');
  await screen.findByText('1.5 credits');
  await user.click(screen.getByRole('button', { name: /Generate/ }));
  await screen.findByRole('button', { name: 'Play' });
  await user.click(screen.getByRole('button', { name: 'More actions' }));
  await user.click(await screen.findByRole('menuitem', { name: 'Delete' }));
  expect(screen.queryByRole('listitem')).not.toBeInTheDocument();
  await waitFor(() => expect(calls).toEqual(['delete']));
});

test('a pause is inserted where the caret stands', async () => {
  const user = await write('One two');
  const box = screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Text to speak' });
  box.setSelectionRange(3, 3);
  await user.click(screen.getByRole('button', { name: 'Insert pause' }));
  expect(box.value).toBe('One [pause 1s]  two');
});

test('a text file takes the place of the text', async () => {
  const user = await write('keep me');
  const input = document.querySelector<HTMLInputElement>('input[type=file]');
  if (!input) throw new Error('no file input');
  await user.upload(input, new File(['The text of a file'], 'a.txt', { type: 'text/plain' }));
  await waitFor(() =>
    expect(screen.getByRole('textbox', { name: 'Text to speak' })).toHaveValue('The text of a file'),
  );
});
