import { lazy, Suspense } from 'react';
import type { Agreement } from '@/api/types';
import { loadNs } from '@/i18n';

const AgreementModal = lazy(async () => {
  const [{ AgreementModal: Ask }] = await Promise.all([
    import('@/features/agreement/AgreementModal'),
    loadNs('agreement'),
  ]);
  return { default: Ask };
});

/** The question itself is fetched where there is one to ask. */
export const AskAgreement = ({ agreement }: { agreement: Agreement | null }) => (
  <Suspense>{agreement ? <AgreementModal agreement={agreement} /> : null}</Suspense>
);
