import { infiniteQueryOptions } from '@tanstack/react-query';
import { api, unwrap } from '@/api/client';
import { PAGES, pageQuery } from '@/api/pages';
import type { ApiKey, ApiKeyRequest } from '@/api/types';

/** What a key may be let into, in the order people look for it. */
export const SCOPES = [
  'chat',
  'speech',
  'images',
  'videos',
  'transcription',
  'embeddings',
  'models',
  'library',
  'usage',
  'account:read',
] as const;
/** What a client of ours needs at least: everything that makes something, and the list of models. */
export const USUAL = SCOPES.slice(0, 7);
export const WINDOWS = ['day', 'week', 'month', 'total'] as const;
export type Window = (typeof WINDOWS)[number];

export const LIST = ['api-keys'];

export const keysQuery = infiniteQueryOptions({
  queryKey: LIST,
  queryFn: ({ pageParam, signal }) =>
    unwrap(
      api.GET('/api/tokens', {
        params: { query: pageQuery(pageParam, {}) },
        signal,
      }),
    ),
  ...PAGES,
});

/** The form as people fill it in: what is empty is not limited. */
export interface Draft {
  name: string;
  scopes: string[];
  models: string[];
  /** A day of the reader's calendar; the key works until it is over. */
  expires: string;
  limit: number | string;
  window: Window;
  rate: number | string;
  atOnce: number | string;
}

export const EMPTY: Draft = {
  name: '',
  scopes: [...USUAL],
  models: [],
  expires: '',
  limit: '',
  window: 'month',
  rate: '',
  atOnce: '',
};

const two = (n: number) => String(n).padStart(2, '0');

/** The last day on which it works, in the reader's own calendar. */
export function lastDay(iso: string): string {
  const d = new Date(new Date(iso).getTime() - 1);
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`;
}

/** The midnight that ends a day. */
function endOf(day: string): string {
  const d = new Date(`${day}T00:00:00`);
  d.setDate(d.getDate() + 1);
  return d.toISOString();
}

export const draftOf = (key: ApiKey): Draft => ({
  name: key.name,
  scopes: [...key.scopes],
  models: [...(key.models ?? [])],
  expires: key.expiresAt ? lastDay(key.expiresAt) : '',
  limit: key.creditLimit?.amount ?? '',
  window: key.creditLimit?.window ?? 'month',
  rate: key.rateLimit ?? '',
  atOnce: key.maxConcurrency ?? '',
});

const some = (v: number | string) => (v === '' ? null : Number(v));

export function requestOf(d: Draft): ApiKeyRequest {
  const amount = some(d.limit);
  return {
    name: d.name.trim(),
    scopes: d.scopes,
    models: d.models.length > 0 ? d.models : null,
    expiresAt: d.expires === '' ? null : endOf(d.expires),
    creditLimit: amount === null ? null : { amount, window: d.window },
    rateLimit: some(d.rate),
    maxConcurrency: some(d.atOnce),
  };
}

export const isOver = (key: ApiKey, now = Date.now()) =>
  key.expiresAt !== null && new Date(key.expiresAt).getTime() <= now;
