import '@testing-library/jest-dom/vitest';
import { cleanup, configure } from '@testing-library/react';
import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest';
import { forgetSession } from '@/api/session';
import { initI18n } from '@/i18n';
import { server } from './server';

// What jsdom lacks and Mantine asks for.
vi.stubGlobal(
  'matchMedia',
  (query: string) =>
    ({ matches: false, media: query, addEventListener() {}, removeEventListener() {} }) as unknown,
);
vi.stubGlobal(
  'ResizeObserver',
  class {
    observe() {}
    unobserve() {}
    disconnect() {}
  },
);
Element.prototype.scrollIntoView = () => {};
vi.stubGlobal('scrollTo', () => {});
Object.defineProperty(document, 'fonts', { value: new EventTarget() });

configure({ asyncUtilTimeout: 8000 });

beforeEach(() => {
  // this browser signed in before: the cookie is good for a token
  localStorage.setItem('aimake.session', '1');
});
beforeAll(async () => {
  server.listen({ onUnhandledRequest: 'error' });
  await initI18n('en');
});
afterEach(() => {
  cleanup();
  forgetSession();
  server.resetHandlers();
  localStorage.clear();
});
afterAll(() => server.close());
