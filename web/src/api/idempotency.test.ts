import { expect, test } from 'vitest';
import { ApiError } from './errors';
import { createIntent } from './idempotency';

test('after a broken line the same wish keeps its key, so it cannot be paid twice', () => {
  const intent = createIntent();
  const first = intent.keyFor({ text: 'a' });
  intent.ended(new TypeError('Failed to fetch'));
  expect(intent.keyFor({ text: 'a' })).toBe(first);
  intent.ended(new ApiError(503, 'Draining'));
  expect(intent.keyFor({ text: 'a' })).toBe(first);
});

test('another wish is another purchase', () => {
  const intent = createIntent();
  expect(intent.keyFor({ text: 'b' })).not.toBe(intent.keyFor({ text: 'a' }));
});

test.each([undefined, new ApiError(402, 'Not enough'), new ApiError(502, 'The provider failed')])(
  'a clear answer ends the intention',
  (answer) => {
    const intent = createIntent();
    const first = intent.keyFor('x');
    intent.ended(answer);
    expect(intent.keyFor('x')).not.toBe(first);
  },
);
