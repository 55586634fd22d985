import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import type { Fault } from '@/api/errors';
import type { Quote, SpeechRequest } from '@/api/types';
import { agreement, audio, balance, subscription, user, voice } from './samples';

/** A good answer in the server's envelope; its parts come typed from the samples. */
export const ok = (data: unknown, init?: ResponseInit) =>
  HttpResponse.json({ success: true, data, message: '', errors: null }, init);

export const refuse = (
  status: number,
  code: string,
  message: string,
  more: Partial<Fault> = {},
  headers = {},
) =>
  HttpResponse.json(
    { success: false, data: null, message, errors: [{ code, message, ...more }], requestId: 'req-7' },
    { status, headers },
  );

const line = (credits: number, units: number, cached: boolean, ownKey = false) => ({
  what: 'speech',
  units,
  unit: 'character',
  price: 0.0002,
  priceSource: 'list',
  credits,
  cached,
  ownKey,
});

/** The price of what is spoken with a key of one's own. */
export const ownPrice = (): Quote => ({ credits: 0, ceiling: 0, lines: [line(0, 11, false, true)] });

export const price = (credits: number, cached = 0): Quote => ({
  credits,
  ceiling: credits,
  lines: [line(credits, 11, false), ...(cached > 0 ? [line(0, cached, true)] : [])],
});

export const server = setupServer(
  http.post('*/api/auth/refresh', () => ok({ user: user(), accessToken: 'token-1', expiresIn: 900 })),
  http.get('*/api/auth/me', () => ok(user())),
  http.get('*/api/user/agreement', () => ok(agreement())),
  http.get('*/api/auth/agreement', () => ok({ version: '1', termsUrl: null, privacyUrl: null })),
  http.get('*/api/auth/oauth', () => ok({ items: [], nextCursor: null })),
  http.get('*/api/auth/identities', () => ok({ items: [], nextCursor: null })),
  http.get('*/api/voices', ({ request }) =>
    ok({
      items: new URL(request.url).searchParams.has('ownKey')
        ? []
        : [voice({ id: 'lin', name: 'Lin Xi', language: 'cmn', description: 'Warm' }), voice()],
      nextCursor: null,
    }),
  ),
  http.get('*/api/credits', () => ok(balance())),
  http.get('*/api/subscription', () => ok(subscription())),
  http.post<never, SpeechRequest>('*/api/tts/quote', () => ok(price(1.5))),
  http.get('*/api/audios', () => ok({ items: [audio()], nextCursor: null })),
  http.get('*/api/audios/:id', ({ params }) => ok(audio({ id: String(params['id']) }))),
);
