import { delay, http } from 'msw';
import { afterEach, expect, test, vi } from 'vitest';
import { user } from '@/test/samples';
import { ok, refuse, server } from '@/test/server';
import { api, unwrap } from './client';
import { accessToken, acceptGrant, forgetSession, onSessionEnd } from './session';

afterEach(() => forgetSession());

const grant = (value: string) => ok({ user: user(), accessToken: value, expiresIn: 900 });

test('many calls at once trade the cookie once', async () => {
  let trades = 0;
  server.use(
    http.post('*/api/auth/refresh', async () => {
      trades++;
      await delay(5);
      return grant('fresh');
    }),
  );
  expect(await Promise.all([accessToken(), accessToken(), accessToken()])).toEqual([
    'fresh',
    'fresh',
    'fresh',
  ]);
  expect(trades).toBe(1);
});

test('while another tab is trading, this one waits for its turn', async () => {
  let trades = 0;
  server.use(
    http.post('*/api/auth/refresh', () =>
      ++trades < 3 ? refuse(409, 'REFRESH_IN_PROGRESS', 'Wait') : grant('mine'),
    ),
  );
  expect(await accessToken()).toBe('mine');
  expect(trades).toBe(3);
});

test('a refused cookie ends the session and says why', async () => {
  const why = vi.fn<(reason: string) => void>();
  const off = onSessionEnd(why);
  server.use(http.post('*/api/auth/refresh', () => refuse(401, 'REFRESH_REUSED', 'Sign in again')));
  expect(await accessToken()).toBeNull();
  expect(why).toHaveBeenCalledWith('expired');
  expect(await accessToken()).toBeNull();
  off();
});

test('a broken server does not sign anybody out', async () => {
  server.use(http.post('*/api/auth/refresh', () => refuse(503, 'DATABASE_UNAVAILABLE', 'Soon')));
  await expect(accessToken()).rejects.toThrow('Soon');
  server.use(http.post('*/api/auth/refresh', () => grant('later')));
  expect(await accessToken()).toBe('later');
});

test('a token that died on the way is renewed and the call repeated with its body', async () => {
  acceptGrant({ accessToken: 'old', expiresIn: 900 });
  const seen: unknown[] = [];
  server.use(
    http.post('*/api/auth/refresh', () => grant('new')),
    http.put('*/api/auth/me', async ({ request }) => {
      const token = request.headers.get('Authorization');
      seen.push([token, await request.json()]);
      return token === 'Bearer old' ? refuse(401, 'TOKEN_EXPIRED', 'Expired') : ok(user({ username: 'x' }));
    }),
  );
  const me = await unwrap(api.PUT('/api/auth/me', { body: { username: 'x' } }));
  expect(me.username).toBe('x');
  expect(seen).toEqual([
    ['Bearer old', { username: 'x' }],
    ['Bearer new', { username: 'x' }],
  ]);
});

test('every call says its language, and every change that it comes from our own pages', async () => {
  document.documentElement.lang = 'zh-CN';
  let headers = new Headers();
  server.use(
    http.put('*/api/auth/me', ({ request }) => {
      headers = request.headers;
      return ok(user());
    }),
  );
  await api.PUT('/api/auth/me', { body: {} });
  expect(headers.get('Accept-Language')).toBe('zh-CN');
  expect(headers.get('X-Requested-With')).toBe('AIMake');
  document.documentElement.lang = 'en';
});
