import { expect, test } from 'vitest';
import { barsPath, fitBars } from './bars';

test('each bar shows the loudest moment it covers, the loudest bar fills the height', () => {
  expect(fitBars([0, 0.5, 0.1, 0.25], 2)).toEqual([1, 0.5]);
});

test('silence is a thin line, not nothing', () => {
  expect(fitBars([0, 0, 0], 3)).toEqual([0.05, 0.05, 0.05]);
});

test('fewer peaks than bars are stretched', () => {
  expect(fitBars([0.2, 0.4], 4)).toEqual([0.5, 0.5, 1, 1]);
});

test('no peaks at all still make a line', () => {
  expect(fitBars([], 2)).toEqual([0.05, 0.05]);
});

test('bars are drawn around the middle', () => {
  expect(barsPath([1, 0.5])).toBe('M0.5 4.0V96.0M1.5 27.0V73.0');
});
