import { Button, Skeleton } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, done } from '@/api/client';
import type { PoolKey } from '@/api/types';
import { ConfirmModal } from '@/shared/ui/ConfirmModal';
import { FaultNote } from '@/shared/ui/FaultNote';
import { KeyRow } from './KeyRow';
import { KEY, keysQuery } from './providers';
import classes from './ProvidersPage.module.css';

const AddPoolKey = lazy(async () => ({ default: (await import('./AddPoolKey')).AddPoolKey }));

/** The pool: every key, its health, and the hand on it. */
export function Keys({ provider, pair }: { provider: string; pair: boolean }) {
  const { t } = useTranslation('admin');
  const client = useQueryClient();
  const list = useQuery(keysQuery(provider));
  const [adding, setAdding] = useState(false);
  const [leaving, setLeaving] = useState<PoolKey | null>(null);
  const remove = useMutation({
    meta: { quiet: true },
    mutationFn: (id: string) =>
      done(api.DELETE('/api/admin/providers/{name}/keys/{id}', { params: { path: { name: provider, id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: KEY }),
    onSuccess: () => setLeaving(null),
  });
  return (
    <section className={classes.keys} aria-label={t('pool.title')}>
      <div className={classes.sectionHead}>
        <h2>{t('pool.title')}</h2>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconPlus size={15} aria-hidden />}
          onClick={() => setAdding(true)}
        >
          {t('pool.add')}
        </Button>
      </div>
      {list.isError ? <FaultNote error={list.error} onRetry={() => void list.refetch()} /> : null}
      {list.isPending ? <Skeleton height={80} radius="md" /> : null}
      {list.data?.items.length === 0 ? <p className={classes.quiet}>{t('pool.none')}</p> : null}
      <ul className={classes.rows}>
        {list.data?.items.map((k) => (
          <KeyRow
            key={k.id}
            provider={provider}
            poolKey={k}
            onDelete={() => {
              remove.reset();
              setLeaving(k);
            }}
          />
        ))}
      </ul>
      {adding ? (
        <Suspense>
          <AddPoolKey provider={provider} pair={pair} onClose={() => setAdding(false)} />
        </Suspense>
      ) : null}
      <ConfirmModal
        opened={leaving !== null}
        onClose={() => setLeaving(null)}
        title={t('pool.deleteTitle')}
        action={t('pool.delete')}
        loading={remove.isPending}
        error={remove.error}
        onConfirm={() => (leaving ? remove.mutate(leaving.id) : null)}
      >
        {leaving ? t('pool.deleteBody', { name: leaving.name }) : ''}
      </ConfirmModal>
    </section>
  );
}
