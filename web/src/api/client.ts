import createFetchClient, { type Middleware } from 'openapi-fetch';
import { ApiError, toApiError } from './errors';
import type { paths } from './schema';
import { accessToken, renew } from './session';

export { ApiError } from './errors';

/**
 * What goes without a token. At the sign-in door a 401 means "wrong password", not "renew"; and what everybody may see (what is for sale,
 * who lets people in, what they agree to) need not wait for a session that cannot be asked about.
 */
const OPEN = /^\/api\/(packages|auth\/(login|register|refresh|oauth(\/code)?|agreement))$/;

/**
 * Sends a request with the session's token. `fetch` is looked up on every call, so that test doubles
 * installed later are seen. A token refused by the server is renewed once and the request repeated.
 */
export async function send(request: Request): Promise<Response> {
  request.headers.set('Accept-Language', document.documentElement.lang);
  if (request.method !== 'GET') request.headers.set('X-Requested-With', 'AIMake');
  if (OPEN.test(new URL(request.url).pathname)) return globalThis.fetch(request);

  const again = request.clone();
  const token = await accessToken();
  if (token) request.headers.set('Authorization', `Bearer ${token}`);
  const response = await globalThis.fetch(request);
  if (response.status !== 401 || !token) return response;
  const fresh = await renew();
  if (!fresh) return response;
  again.headers.set('Authorization', `Bearer ${fresh}`);
  return globalThis.fetch(again);
}

const faults: Middleware = {
  async onResponse({ response }) {
    if (!response.ok) throw await toApiError(response);
  },
};

export const api = createFetchClient<paths>({ baseUrl: location.origin, fetch: send });
api.use(faults);

/** Takes the answer out of its envelope. Failures have already been thrown as {@link ApiError}. */
export async function unwrap<T>(call: Promise<{ data?: { data?: T | null } | undefined }>): Promise<T> {
  const { data } = await call;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- refused calls have thrown by now
  return data?.data as T;
}

/** For calls that answer nothing worth keeping. */
export async function done(call: Promise<unknown>): Promise<void> {
  await call;
}

/** For what is not JSON (audio, captions, event streams). Throws {@link ApiError} when refused. */
export async function open(path: string, init?: RequestInit): Promise<Response> {
  const response = await send(new Request(new URL(path, location.origin), init));
  if (!response.ok) throw await toApiError(response);
  return response;
}

export const isOffline = (e: unknown) => e instanceof TypeError && !(e instanceof ApiError);
