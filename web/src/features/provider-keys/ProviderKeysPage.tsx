import { Button, Modal, Skeleton } from '@mantine/core';
import { IconPlugConnected, IconPlus } from '@tabler/icons-react';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, done } from '@/api/client';
import type { ProviderKey, ProviderKeyRequest } from '@/api/types';
import { CardsPage } from '@/shared/ui/Cards';
import { ConfirmModal } from '@/shared/ui/ConfirmModal';
import { ProviderKeyCard } from './ProviderKeyCard';
import { LIST, providerKeysQuery } from './providerKeys';

const AddKey = lazy(async () => ({ default: (await import('./AddKey')).AddKey }));

/** Keys of one's own for the providers: what they pay for costs no credits. */
export function ProviderKeysPage() {
  const { t } = useTranslation('providerKeys');
  const { t: tc } = useTranslation();
  const client = useQueryClient();
  const list = useInfiniteQuery(providerKeysQuery);
  const items = list.data?.pages.flatMap((p) => p.items) ?? [];
  const [adding, setAdding] = useState(false);
  const [leaving, setLeaving] = useState<ProviderKey | null>(null);
  const meta = { quiet: true };
  const onSettled = () =>
    Promise.all([
      client.invalidateQueries({ queryKey: LIST }),
      client.invalidateQueries({ queryKey: ['voices'] }), // they open others
    ]);
  const add = useMutation({
    meta,
    onSettled,
    mutationFn: (body: ProviderKeyRequest) => done(api.POST('/api/keys', { body })),
    onSuccess: () => setAdding(false),
  });
  const remove = useMutation({
    meta,
    onSettled,
    mutationFn: (id: string) => done(api.DELETE('/api/keys/{id}', { params: { path: { id } } })),
    onSuccess: () => setLeaving(null),
  });
  const button = (
    <Button
      leftSection={<IconPlus size={16} aria-hidden />}
      onClick={() => {
        add.reset();
        setAdding(true);
      }}
    >
      {t('add')}
    </Button>
  );

  return (
    <CardsPage
      title={t('title')}
      subtitle={t('subtitle')}
      list={list}
      none={{ icon: IconPlugConnected, title: t('none.title'), body: t('none.body') }}
      action={button}
      cards={items.map((k) => (
        <ProviderKeyCard
          key={k.id}
          providerKey={k}
          onDelete={() => {
            remove.reset();
            setLeaving(k);
          }}
        />
      ))}
    >
      <Modal
        opened={adding}
        onClose={() => setAdding(false)}
        title={t('add')}
        radius="lg"
        closeOnClickOutside={false}
        closeButtonProps={{ 'aria-label': tc('close') }}
      >
        <Suspense fallback={<Skeleton height={320} radius="md" />}>
          <AddKey
            onSubmit={(request) => add.mutate(request)}
            onCancel={() => setAdding(false)}
            loading={add.isPending}
            error={add.error}
          />
        </Suspense>
      </Modal>
      <ConfirmModal
        opened={leaving !== null}
        onClose={() => setLeaving(null)}
        title={t('deleteTitle')}
        action={t('delete')}
        loading={remove.isPending}
        error={remove.error}
        onConfirm={() => (leaving ? remove.mutate(leaving.id) : null)}
      >
        {leaving ? t('deleteBody', { name: leaving.keyName, service: leaving.service }) : ''}
      </ConfirmModal>
    </CardsPage>
  );
}
