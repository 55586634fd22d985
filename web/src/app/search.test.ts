import { expect, test } from 'vitest';
import { creditsSearch, librarySearch, signInSearch } from './search';

test.each(['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)', 7])(
  'after signing in nobody is sent to %s',
  (next) => {
    expect(signInSearch({ next })).toEqual({ next: undefined });
  },
);

test('a path of the app is kept', () => {
  expect(signInSearch({ next: '/library?q=x' })).toEqual({ next: '/library?q=x' });
});

test('an unknown sort order falls back to the default', () => {
  expect(librarySearch({ sort: 'random', q: '港口' })).toEqual({ sort: undefined, q: '港口' });
});

test('a year is searched as text', () => {
  expect(librarySearch({ q: 2024 }).q).toBe('2024');
});

test('a date that is none is dropped', () => {
  expect(creditsSearch({ from: 'yesterday', to: '2026-11-20' })).toEqual({
    from: undefined,
    to: '2026-11-20',
  });
});
