import { Button, Modal } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, ApiError, unwrap } from '@/api/client';
import { signOut } from '@/api/session';
import type { Agreement } from '@/api/types';
import { LangToggle } from '@/app/Controls';
import { AgreementLinks } from '@/shared/signin/AgreementLinks';
import { FaultNote } from '@/shared/ui/FaultNote';
import classes from './AgreementModal.module.css';

/**
 * Asks for the agreement in force. It has two answers, accepting and signing out, so neither Esc nor a click beside it closes it. What it
 * focuses first does nothing by Enter that could not be taken back.
 */
export function AgreementModal({ agreement }: { agreement: Agreement }) {
  const { t } = useTranslation('agreement');
  const client = useQueryClient();
  const accept = useMutation({
    meta: { quiet: true },
    mutationFn: () => unwrap(api.POST('/api/user/agreement', { body: { version: agreement.current } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['agreement'] }),
    onError: async (e) => {
      // there is a still newer one: show that
      if (e instanceof ApiError && e.code === 'AGREEMENT_OUTDATED')
        await client.invalidateQueries({ queryKey: ['agreement'] });
    },
  });
  const leave = useMutation({ mutationFn: signOut });
  const first = agreement.version === '';

  return (
    <Modal
      opened
      onClose={() => {}}
      title={t(first ? 'title.first' : 'title.changed')}
      radius="lg"
      size={460}
      centered
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      // shortcuts of the page behind (search, start work) wait until this is answered
      onKeyDown={(e) => {
        if (e.ctrlKey || e.metaKey) e.nativeEvent.stopPropagation();
      }}
    >
      <div className={classes.body}>
        <p>{t(first ? 'body.first' : 'body.changed')}</p>
        {!first && agreement.changes ? (
          <section className={classes.news} aria-label={t('new')}>
            <h3>{t('new')}</h3>
            <p>{agreement.changes}</p>
          </section>
        ) : null}
        <AgreementLinks
          termsUrl={agreement.termsUrl}
          privacyUrl={agreement.privacyUrl}
          otherwise={<p className={classes.small}>{t('noText')}</p>}
        />
        <p className={classes.small}>{t('version', { version: agreement.current })}</p>
        {accept.isError ? <FaultNote error={accept.error} /> : null}
        <div className={classes.answers}>
          <LangToggle size="lg" />
          <span />
          <Button variant="default" loading={leave.isPending} onClick={() => leave.mutate()}>
            {t('signOut')}
          </Button>
          <Button loading={accept.isPending} onClick={() => accept.mutate()}>
            {t('accept')}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
