import type { TFunction } from 'i18next';
import { SCOPES } from './keys';

/** A scope in words; one this page does not know yet is shown as the server calls it. */
export function scopeName(t: TFunction<'keys'>, scope: string): string {
  const known = SCOPES.find((s) => s === scope);
  if (!known) return scope;
  // a colon in a key would mean another file of texts
  return t(`scope.${known === 'account:read' ? 'account' : known}`);
}
