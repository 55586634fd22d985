import { ApiError, isOffline } from '@/api/client';
import { i18n } from '@/i18n';

/** One sentence that says what went wrong and what helps. The server's own words come first. */
export function faultText(e: unknown): string {
  if (isOffline(e)) return i18n.t('fault.network');
  if (!(e instanceof ApiError)) return e instanceof Error ? e.message : String(e);
  if (e.status === 401) return i18n.t('fault.session');
  if (e.status === 413) return i18n.t('fault.tooLarge');
  if (e.status === 500 && (e.code === 'INTERNAL' || e.message === '')) {
    return i18n.t('fault.server', { id: e.requestId ?? '—' });
  }
  return e.message === '' ? i18n.t('fault.other', { status: e.status }) : e.message;
}
