import type { TFunction } from 'i18next';

type T = TFunction<'admin'>;

const HEALTH = ['ok', 'degraded', 'down', 'off'] as const;
const KEY_STATES = ['healthy', 'throttled', 'open', 'out_of_quota', 'unauthorized', 'moved', 'shut'] as const;
const EVENTS = [
  'throttled',
  'out_of_quota',
  'unauthorized',
  'opened',
  'closed',
  'recovered',
  'added',
  'removed',
] as const;
const VERDICTS = ['valid', 'refused', 'unreachable'] as const;

// What a newer server says and this page does not know yet is shown as it is.

export function health(t: T, state: string): string {
  const known = HEALTH.find((s) => s === state);
  return known ? t(`health.${known}`) : state;
}

export function keyState(t: T, state: string): string {
  const known = KEY_STATES.find((s) => s === state);
  return known ? t(`keyState.${known}`) : state;
}

export function event(t: T, what: string): string {
  const known = EVENTS.find((s) => s === what);
  return known ? t(`event.${known}`) : what;
}

export function verdict(t: T, result: string): string {
  const known = VERDICTS.find((s) => s === result);
  return known ? t(`verdict.${known}`) : result;
}
