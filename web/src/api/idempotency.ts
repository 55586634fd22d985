/**
 * A key that names one paid intention: a repeat with the same key is the same purchase. `randomUUID` is
 * missing on plain http, so the number comes from `getRandomValues`.
 */
export function newIdempotencyKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join(
    '',
  );
}
