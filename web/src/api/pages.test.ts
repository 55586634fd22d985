import { expect, test } from 'vitest';
import { PAGES, pageQuery } from './pages';

test('a page asks for what is set, and for nothing else', () => {
  expect(pageQuery(undefined, { q: '', role: undefined, deleted: true })).toEqual({
    limit: 50,
    deleted: true,
  });
  expect(pageQuery('c1', { state: 'paid' }, 30)).toEqual({ state: 'paid', limit: 30, cursor: 'c1' });
});

test('the last page has no next', () => {
  expect(PAGES.getNextPageParam({ nextCursor: 'c2' })).toBe('c2');
  expect(PAGES.getNextPageParam({ nextCursor: null })).toBeUndefined();
});
