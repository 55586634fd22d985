import { Skeleton } from '@mantine/core';
import { IconServer } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { AdminProvider } from '@/api/types';
import { credits, num, usd } from '@/shared/lib/format';
import { EmptyState } from '@/shared/ui/EmptyState';
import { FaultNote } from '@/shared/ui/FaultNote';
import { Sheet } from '@/shared/ui/Sheet';
import { Files } from './Files';
import { ProviderCard } from './ProviderCard';
import { costsQuery, providersQuery } from './providers';
import classes from './ProvidersPage.module.css';

const route = getRouteApi('/app/admin/providers');

const inUseFirst = (all: readonly AdminProvider[]) =>
  all.toSorted((a, b) => Number(a.state === 'off') - Number(b.state === 'off'));

/** Who does the work, with which keys, and how they are. */
export function ProvidersPage() {
  const { t } = useTranslation('admin');
  const { t: tc } = useTranslation();
  const { open } = route.useSearch();
  const navigate = route.useNavigate();
  const list = useQuery(providersQuery);
  const costs = useQuery(costsQuery).data;
  return (
    <Sheet title={t('providers.title')} subtitle={t('providers.subtitle')}>
      {costs ? (
        <dl className={classes.today}>
          {(
            [
              ['today.calls', num(costs.count)],
              ['today.credits', credits(costs.credits)],
              ['today.cost', usd(costs.costUsd ?? 0)],
              ['today.margin', usd(costs.marginUsd ?? 0)],
            ] as const
          ).map(([what, figure]) => (
            <div key={what}>
              <dt>{t(what)}</dt>
              <dd className="tnum">{figure}</dd>
            </div>
          ))}
        </dl>
      ) : null}
      {list.isError ? <FaultNote error={list.error} onRetry={() => void list.refetch()} /> : null}
      {list.isPending ? <Skeleton height={320} radius="lg" aria-label={tc('loading')} /> : null}
      {list.data?.length === 0 ? (
        <EmptyState icon={IconServer} title={t('providers.none')} body={t('providers.noneBody')} />
      ) : null}
      {list.data && list.data.length > 0 ? (
        <ul className={classes.list}>
          {inUseFirst(list.data).map((p) => (
            <ProviderCard
              key={p.name}
              provider={p}
              opened={open === p.name}
              onToggle={() =>
                void navigate({ search: { open: open === p.name ? undefined : p.name }, replace: true })
              }
            />
          ))}
        </ul>
      ) : null}
      <Files />
    </Sheet>
  );
}
