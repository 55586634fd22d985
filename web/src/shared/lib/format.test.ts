import { expect, test } from 'vitest';
import {
  bytes,
  clock,
  countChars,
  credits,
  estimateSeconds,
  exactCredits,
  languageName,
  minorUnits,
  money,
  relative,
} from './format';

test('characters are counted as code points', () => {
  expect(countChars('a😀字')).toBe(3);
  expect(countChars('\ud83d')).toBe(1);
  expect(countChars('')).toBe(0);
});

test('clock pads seconds and shows hours only when there are any', () => {
  expect([clock(0), clock(9.4), clock(75), clock(3675)]).toEqual(['0:00', '0:09', '1:15', '1:01:15']);
});

test('a small price keeps its digits, a large balance loses the dust', () => {
  expect([0, 0.000002, 0.0756, 12.345, 1284.4].map(credits)).toEqual([
    '0',
    '0.000002',
    '0.0756',
    '12.35',
    '1,284',
  ]);
  expect(exactCredits(1284.400001)).toBe('1,284.400001');
});

test('Chinese takes longer per character than English', () => {
  expect(estimateSeconds('港口')).toBeGreaterThan(estimateSeconds('ab'));
  expect(estimateSeconds('ab', 2)).toBeCloseTo(estimateSeconds('ab') / 2);
});

test('times are told relative to now', () => {
  const now = Date.parse('2026-11-20T12:00:00Z');
  expect(relative('2026-11-20T11:57:00Z', now)).toBe('3 minutes ago');
  expect(relative('2026-11-21T12:00:01Z', now)).toBe('tomorrow');
  expect(relative('2026-11-20T11:59:50Z', now)).toBe('now');
});

test('sizes are told in the unit that fits', () => {
  expect([bytes(999), bytes(12_400), bytes(3_460_000)]).toEqual(['999 byte', '12 kB', '3.5 MB']);
});

test('languages are named without what only machines read', () => {
  expect(['yue', 'en-GB', 'en-GB-x-gbclan', 'en-029', 'not a tag'].map(languageName)).toEqual([
    'Cantonese',
    'British English',
    'British English',
    'English',
    'not a tag',
  ]);
});

test('real money has the digits of its currency, and none it does not need', () => {
  expect([money(500, 'usd'), money(550, 'usd'), money(500, 'jpy')]).toEqual(['$5', '$5.50', '¥500']);
  expect([minorUnits(5.5, 'usd'), minorUnits(0.29, 'usd'), minorUnits(500, 'jpy')]).toEqual([550, 29, 500]);
});
