import { createHmac } from 'node:crypto';

const STEP_MS = 30_000;

/**
 * What an authenticator app shows for a secret (RFC 6238 with SHA-1, 30 s, six digits).
 * @param ahead Steps after the present one; a code works once, and those beside the present one are taken too.
 */
export function codeOf(base32: string, ahead = 0): string {
  const bits = (base32.match(/[A-Z2-7]/g) ?? [])
    .map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0'))
    .join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((b) => parseInt(b, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / STEP_MS) + ahead));
  const hash = createHmac('sha1', key).update(counter).digest();
  const value = hash.readUInt32BE((hash.at(-1) ?? 0) & 0xf) & 0x7fffffff;
  return String(value % 1_000_000).padStart(6, '0');
}
