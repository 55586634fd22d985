import { Button, Modal, Skeleton } from '@mantine/core';
import { IconKey, IconPlus } from '@tabler/icons-react';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, done, unwrap } from '@/api/client';
import type { ApiKey } from '@/api/types';
import { CardsPage } from '@/shared/ui/Cards';
import { ConfirmModal } from '@/shared/ui/ConfirmModal';
import { KeyCard } from './KeyCard';
import { draftOf, EMPTY, keysQuery, LIST, requestOf, type Draft } from './keys';
import { NewKey } from './NewKey';

const KeyForm = lazy(async () => ({ default: (await import('./KeyForm')).KeyForm }));

type Dialog = { what: 'create' } | { what: 'change' | 'revoke'; key: ApiKey } | null;

/** Keys by which programs use this server on behalf of the account. */
export function KeysPage() {
  const { t } = useTranslation('keys');
  const { t: tc } = useTranslation();
  const client = useQueryClient();
  const list = useInfiniteQuery(keysQuery);
  const items = list.data?.pages.flatMap((p) => p.items) ?? [];
  const [dialog, setDialog] = useState<Dialog>(null);
  const meta = { quiet: true };
  const onSettled = () => client.invalidateQueries({ queryKey: LIST });
  const create = useMutation({
    meta,
    onSettled,
    mutationFn: (d: Draft) => unwrap(api.POST('/api/tokens', { body: requestOf(d) })),
  });
  const change = useMutation({
    meta,
    onSettled,
    mutationFn: ({ id, draft }: { id: string; draft: Draft }) =>
      done(api.PUT('/api/tokens/{id}', { params: { path: { id } }, body: requestOf(draft) })),
    onSuccess: () => setDialog(null),
  });
  const revoke = useMutation({
    meta,
    onSettled,
    mutationFn: (id: string) => done(api.DELETE('/api/tokens/{id}', { params: { path: { id } } })),
    onSuccess: () => setDialog(null),
  });
  const show = (next: Dialog) => {
    for (const m of [create, change, revoke]) m.reset();
    setDialog(next);
  };
  const close = () => show(null);
  const made = create.data;
  const button = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => show({ what: 'create' })}>
      {t('create')}
    </Button>
  );

  return (
    <CardsPage
      title={t('title')}
      subtitle={t('subtitle')}
      list={list}
      none={{ icon: IconKey, title: t('none.title'), body: t('none.body') }}
      action={button}
      cards={items.map((k) => (
        <KeyCard
          key={k.id}
          apiKey={k}
          onChange={() => show({ what: 'change', key: k })}
          onRevoke={() => show({ what: 'revoke', key: k })}
        />
      ))}
    >
      <Modal
        opened={dialog?.what === 'create'}
        onClose={close}
        title={t(made ? 'created' : 'create')}
        size="lg"
        radius="lg"
        // a key that is shown once does not vanish by a slip of the hand
        closeOnClickOutside={false}
        closeOnEscape={!made}
        closeButtonProps={{ 'aria-label': tc('close') }}
      >
        <Suspense fallback={<Skeleton height={420} radius="md" />}>
          {made ? (
            <NewKey secret={made.secret} onDone={close} />
          ) : (
            <KeyForm
              initial={EMPTY}
              submit={t('create')}
              onSubmit={(d) => create.mutate(d)}
              onCancel={close}
              loading={create.isPending}
              error={create.error}
            />
          )}
        </Suspense>
      </Modal>
      <Modal
        opened={dialog?.what === 'change'}
        onClose={close}
        title={t('changeTitle')}
        size="lg"
        radius="lg"
        closeOnClickOutside={false}
        closeButtonProps={{ 'aria-label': tc('close') }}
      >
        <Suspense fallback={<Skeleton height={420} radius="md" />}>
          {dialog?.what === 'change' ? (
            <KeyForm
              initial={draftOf(dialog.key)}
              submit={tc('save')}
              onSubmit={(draft) => change.mutate({ id: dialog.key.id, draft })}
              onCancel={close}
              loading={change.isPending}
              error={change.error}
            />
          ) : null}
        </Suspense>
      </Modal>
      <ConfirmModal
        opened={dialog?.what === 'revoke'}
        onClose={close}
        title={t('revokeTitle')}
        action={t('revoke')}
        loading={revoke.isPending}
        error={revoke.error}
        onConfirm={() => (dialog?.what === 'revoke' ? revoke.mutate(dialog.key.id) : null)}
      >
        {dialog?.what === 'revoke' ? t('revokeBody', { name: dialog.key.name }) : ''}
      </ConfirmModal>
    </CardsPage>
  );
}
