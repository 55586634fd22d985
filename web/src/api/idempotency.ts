import { ApiError } from './errors';

/**
 * A key that names one paid intention: a repeat with the same key is the same purchase. `randomUUID` is
 * missing on plain http, so the number comes from `getRandomValues`.
 */
export function newIdempotencyKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join(
    '',
  );
}

/**
 * Remembers the key of an attempt whose outcome nobody knows (the line broke, the server was going down), so
 * that trying the same thing again cannot be paid twice. A clear answer, good or bad, ends the intention.
 */
export function createIntent() {
  let open: { what: string; key: string } | null = null;
  return {
    keyFor(what: unknown): string {
      const same = JSON.stringify(what);
      if (open?.what !== same) open = { what: same, key: newIdempotencyKey() };
      return open.key;
    },
    ended(error?: unknown) {
      const unknown =
        error !== undefined && (!(error instanceof ApiError) || error.status === 503 || error.status === 409);
      if (!unknown) open = null;
    },
  };
}
