// The signed-in session of this tab. The access token lives in memory only; the refresh token is a cookie
// no script can read. Tabs share that cookie, so they take turns (Web Locks) when it is rotated.
import { toApiError } from './errors';
import type { Grant } from './types';

const HINT = 'aimake.session';
const LOCK = 'aimake.refresh';
/** Renew a little early, so that a request does not set out with a token that dies on the way. */
const EARLY_MS = 20_000;

let token: { value: string; renewAt: number } | null = null;
let renewing: Promise<string | null> | null = null;
const enders = new Set<(why: EndReason) => void>();
const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('aimake.session');

export type EndReason = 'signedOut' | 'expired';

channel?.addEventListener('message', () => finish('signedOut'));

/** Whether this browser signed in before: worth one try at the cookie. A visitor without it costs no request. */
export const maybeSignedIn = () => token !== null || localStorage.getItem(HINT) === '1';

export function acceptGrant(grant: Pick<Grant, 'accessToken' | 'expiresIn'>) {
  token = { value: grant.accessToken, renewAt: Date.now() + grant.expiresIn * 1000 - EARLY_MS };
  localStorage.setItem(HINT, '1');
  return token.value;
}

/** A usable access token, renewed when needed; null when nobody is signed in. */
export async function accessToken(): Promise<string | null> {
  if (token && Date.now() < token.renewAt) return token.value;
  return maybeSignedIn() ? await renew() : null;
}

/** Trades the cookie for a fresh token. One at a time in this tab and across tabs. */
export function renew(): Promise<string | null> {
  renewing ??= exclusively(rotate).finally(() => {
    renewing = null;
  });
  return renewing;
}

/** Ends the session everywhere in this browser and tells whoever listens. */
export async function signOut() {
  const headers = await sessionHeaders();
  await fetch('/api/auth/logout', { method: 'POST', headers }).catch(() => undefined);
  channel?.postMessage('signed-out');
  finish('signedOut');
}

/** For after the account is gone: nothing is left to log out of. */
export function forgetSession() {
  channel?.postMessage('signed-out');
  finish('signedOut');
}

export function onSessionEnd(listener: (why: EndReason) => void) {
  enders.add(listener);
  return () => void enders.delete(listener);
}

async function sessionHeaders(): Promise<Record<string, string>> {
  const value = await accessToken().catch(() => null);
  return { 'X-Requested-With': 'AIMake', ...(value ? { Authorization: `Bearer ${value}` } : {}) };
}

async function rotate(): Promise<string | null> {
  for (let turn = 0; ; turn++) {
    const response = await fetch('/api/auth/refresh', {
      method: 'POST',
      // a page left in the middle would lose the new cookie with the answer, and the old one is used up
      keepalive: true,
      headers: { 'X-Requested-With': 'AIMake', 'Accept-Language': document.documentElement.lang },
    });
    if (response.ok) {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own server's envelope
      const { data } = (await response.json()) as { data: Grant };
      return acceptGrant(data);
    }
    const fault = await toApiError(response);
    // another tab (or an older page without locks) is at it: its turn ends within moments
    if (fault.status === 409 && turn < 6) {
      await new Promise((done) => setTimeout(done, 200 * (turn + 1)));
      continue;
    }
    if (fault.status === 401 || fault.status === 403) {
      finish('expired');
      return null;
    }
    throw fault;
  }
}

function finish(why: EndReason) {
  const known = maybeSignedIn();
  token = null;
  localStorage.removeItem(HINT);
  if (known) for (const listener of enders) listener(why);
}

/** Web Locks need a secure context; on plain http the server's own 409 keeps tabs apart. */
function exclusively<T>(work: () => Promise<T>): Promise<T> {
  const locks = navigator.locks as LockManager | undefined;
  return locks ? locks.request(LOCK, work) : work();
}
