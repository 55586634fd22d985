import { expect, test } from 'vitest';
import { byMonth, columns, lengthOf, money, periodsOf, spanOf } from './usage';

const now = Date.parse('2026-11-20T23:59:59Z');

test('without a wish the last thirty days are meant, today among them', () => {
  expect(spanOf({}, now)).toEqual({ from: '2026-10-22', to: '2026-11-20' });
  expect(spanOf({ days: 7 }, now)).toEqual({ from: '2026-11-14', to: '2026-11-20' });
});

test('half a pair of dates is completed and a crossed pair turned round', () => {
  expect(spanOf({ from: '2026-11-01' }, now)).toEqual({ from: '2026-11-01', to: '2026-11-20' });
  expect(spanOf({ to: '2026-03-01' }, now)).toEqual({ from: '2026-01-31', to: '2026-03-01' });
  expect(spanOf({ from: '2026-11-20', to: '2026-11-01' }, now)).toEqual({
    from: '2026-11-01',
    to: '2026-11-20',
  });
  expect(spanOf({ from: '2027-01-01' }, now)).toEqual({ from: '2027-01-01', to: '2027-01-01' });
});

test('days are whole where clocks change, and leap years have their day', () => {
  const march = periodsOf({ from: '2028-02-28', to: '2028-04-02' });
  expect(march.slice(0, 3)).toEqual(['2028-02-28', '2028-02-29', '2028-03-01']);
  expect(march).toHaveLength(lengthOf({ from: '2028-02-28', to: '2028-04-02' }));
  expect(new Set(march).size).toBe(35);
});

test('long spans are shown by month, over the turn of the year', () => {
  const span = { from: '2025-11-21', to: '2026-11-20' };
  expect(byMonth(span)).toBe(true);
  expect(periodsOf(span)).toHaveLength(13);
  expect(periodsOf(span)[2]).toBe('2026-01');
});

test('a day without use is an empty column', () => {
  const figures = {
    count: 2,
    ownKeyCount: 0,
    units: { characters: 0, seconds: 0, pieces: 0 },
    tokens: { input: 0, cached: 0, output: 0 },
    credits: 1.5,
  };
  const items = [{ ...figures, period: '2026-11-02', services: [{ ...figures, service: 'chat' }] }];
  expect(columns(['2026-11-01', '2026-11-02'], items, 'credits')).toEqual([
    { period: '2026-11-01', values: {} },
    { period: '2026-11-02', values: { chat: 1.5 } },
  ]);
  expect(columns(['2026-11-02'], items, 'calls')[0]?.values).toEqual({ chat: 2 });
});

test('a cost nobody knows is a dash, and so is the margin; one known in part is told', () => {
  const of = { count: 3, ownKeyCount: 1, unknownCosts: 2, costUsd: 0, marginUsd: 0.5 };
  expect([money(of, of.costUsd), money(of, of.marginUsd)]).toEqual(['—', '—']);
  expect(money({ ...of, unknownCosts: 1, costUsd: 0.25 }, 0.25)).toBe('$0.25');
  expect(money({ ...of, unknownCosts: 0 }, 0)).toBe('$0.00');
  expect(money(of, undefined)).toBe('—');
});
