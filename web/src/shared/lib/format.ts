import { currentLang } from '@/i18n';

export const num = (v: number, o?: Intl.NumberFormatOptions) =>
  new Intl.NumberFormat(currentLang(), o).format(v);

/** Credits for the eye: small prices keep their digits, large balances lose the dust. */
export function credits(v: number): string {
  const size = Math.abs(v);
  const digits = size === 0 ? 0 : size < 0.01 ? 6 : size < 1 ? 4 : size < 1000 ? 2 : 0;
  return num(v, { maximumFractionDigits: digits });
}

/** Credits to the last micro-credit, for receipts and the ledger. */
export const exactCredits = (v: number) => num(v, { maximumFractionDigits: 6 });

/** US dollars; what a single call cost may be far below a cent. */
export const usd = (v: number) =>
  num(v, {
    style: 'currency',
    currency: 'USD',
    currencyDisplay: 'narrowSymbol',
    maximumFractionDigits: v !== 0 && Math.abs(v) < 0.01 ? 6 : 2,
  });

/** US dollars for some units of something: the digits after the cent are the price. */
export const usdExact = (v: number) =>
  num(v, { style: 'currency', currency: 'USD', currencyDisplay: 'narrowSymbol', maximumFractionDigits: 6 });

const inMoney = (currency: string) =>
  ({ style: 'currency', currency: currency.toUpperCase(), currencyDisplay: 'narrowSymbol' }) as const;

/** Minor units in a whole one: 100 for USD, 1 for JPY. */
const minorIn = (currency: string) =>
  10 ** (new Intl.NumberFormat('en', inMoney(currency)).resolvedOptions().maximumFractionDigits ?? 2);

/** Real money from whole minor units: 500 of USD is $5, 550 is $5.50, 500 of JPY is ¥500. */
export function money(amount: number, currency: string): string {
  const minor = minorIn(currency);
  const whole = amount % minor === 0 ? { minimumFractionDigits: 0 } : {};
  return num(amount / minor, { ...inMoney(currency), ...whole });
}

/** What somebody typed, in whole minor units: 5.5 of USD is 550. */
export const minorUnits = (typed: number, currency: string) => Math.round(typed * minorIn(currency));

export const date = (iso: string, o: Intl.DateTimeFormatOptions = { dateStyle: 'medium' }) =>
  new Intl.DateTimeFormat(currentLang(), o).format(new Date(iso));

export const dateTime = (iso: string) => date(iso, { dateStyle: 'medium', timeStyle: 'short' });

const STEPS = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

/** "3 minutes ago", "in 2 days", in the reader's language. */
export function relative(iso: string, now = Date.now()): string {
  const seconds = (new Date(iso).getTime() - now) / 1000;
  const f = new Intl.RelativeTimeFormat(currentLang(), { numeric: 'auto' });
  for (const [unit, size] of STEPS) {
    if (Math.abs(seconds) >= size) return f.format(Math.trunc(seconds / size), unit);
  }
  return f.format(0, 'second');
}

const two = (n: number) => String(n).padStart(2, '0');

/** 75 → 1:15, 3675 → 1:01:15 */
export function clock(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  const h = Math.floor(s / 3600);
  const m = Math.floor(s / 60) % 60;
  return h > 0 ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
}

export function bytes(n: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;
  const k = n < 1000 ? 0 : Math.min(3, Math.floor(Math.log10(n) / 3));
  return num(n / 1000 ** k, {
    style: 'unit',
    unit: units[k] ?? 'byte',
    unitDisplay: 'short',
    maximumFractionDigits: k > 1 ? 1 : 0,
  });
}

/** Characters as the server counts them: code points, not UTF-16 units. Allocates nothing: texts are long. */
export function countChars(text: string): number {
  let n = text.length;
  for (let i = 0; i < text.length - 1; i++) {
    if ((text.charCodeAt(i) & 0xfc00) === 0xd800 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {
      n--;
      i++;
    }
  }
  return n;
}

/** Rough speaking time: about 4.6 Chinese characters or 15 Latin letters a second. */
export function estimateSeconds(text: string, speed = 1): number {
  let han = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c >= 0x3400 && c <= 0x9fff) han++;
  }
  return (han / 4.6 + (text.length - han) / 15) / speed;
}

/** A language in the reader's own language: "yue" → "Cantonese", "en-GB-x-rp" → "British English". */
export function languageName(tag: string): string {
  try {
    const { language, region } = new Intl.Locale(tag);
    const known = region && /^[A-Z]{2}$/.test(region) ? `${language}-${region}` : language;
    return new Intl.DisplayNames([currentLang()], { type: 'language' }).of(known) ?? tag;
  } catch {
    return tag;
  }
}
