import { screen, within } from '@testing-library/react';
import { http } from 'msw';
import { beforeEach, expect, test } from 'vitest';
import type { BookDay, Books } from '@/api/types';
import { renderAt } from '@/test/render';
import { user as person } from '@/test/samples';
import { ok, server } from '@/test/server';

const day = (p: Partial<BookDay> = {}): BookDay => ({
  day: '2026-11-20',
  currency: 'usd',
  payments: 3,
  paid: 1500,
  refunded: 500,
  disputed: 0,
  net: 1000,
  credits: 1500,
  clawed: 500,
  compared: 3,
  providerPaid: 1500,
  providerRefunded: 500,
  providerDisputed: 0,
  ordersDrift: 0,
  movementsDrift: 0,
  creditsDrift: 0,
  clawedDrift: 0,
  providerDrift: 0,
  closes: true,
  ...p,
});
let books: Books;
beforeEach(() => {
  books = {
    from: '2026-10-22',
    to: '2026-11-20',
    days: [day()],
    unknown: [],
    ordersWithoutPayment: 0,
    ledger: { entries: 1000, balances: 1000, drift: 0 },
    eventsWaiting: 0,
    eventsRefused: 0,
    closes: true,
  };
  server.use(
    http.get('*/api/auth/me', () => ok(person({ role: 'admin' }))),
    http.get('*/api/admin/books', () => ok(books)),
  );
});

test('books that close say so first, and show each day', async () => {
  await renderAt('/admin/books');
  expect(await screen.findByRole('heading', { name: 'The books close' })).toBeVisible();
  const row = within(screen.getByText('2026-11-20').closest('tr') ?? document.body);
  expect(row.getByText('$15')).toBeVisible();
  expect(row.getByText('3 of 3 compared')).toBeVisible();
});

test('a difference is named with its figure', async () => {
  books = {
    ...books,
    closes: false,
    days: [day({ providerDrift: -250, creditsDrift: 12.5, closes: false })],
    unknown: [{ currency: 'usd', payments: 1, amount: 900 }],
  };
  await renderAt('/admin/books');
  expect(await screen.findByRole('heading', { name: 'The books do not close' })).toBeVisible();
  expect(screen.getByText('-$2.50 · 12.5')).toBeVisible();
  expect(screen.getByText('$9')).toBeVisible();
});
