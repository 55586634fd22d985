import { queryOptions, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, unwrap } from '@/api/client';
import { currentLang, type Lang } from '@/i18n';

/** Which agreement was accepted and which one holds; what is new in it comes in the language that is shown. */
export const agreementQuery = (lang: Lang) =>
  queryOptions({
    queryKey: ['agreement', lang],
    queryFn: ({ signal }) => unwrap(api.GET('/api/user/agreement', { signal })),
    staleTime: 5 * 60_000,
    // the other language's answer stands until its own is here, so that the question does not blink
    placeholderData: (before) => before,
  });

/** What is to be accepted; null while nothing is, nobody may be asked, or as long as the server does not say. */
export function useAgreementAsked(enabled = true) {
  useTranslation();
  const state = useQuery({ ...agreementQuery(currentLang()), enabled }).data;
  return enabled && state && !state.upToDate ? state : null;
}
