import { NativeSelect, Skeleton, Table, TextInput } from '@mantine/core';
import { IconSearch, IconTags } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { EmptyState } from '@/shared/ui/EmptyState';
import { FaultNote } from '@/shared/ui/FaultNote';
import { Sheet } from '@/shared/ui/Sheet';
import { kindName } from '../kinds';
import { ModelRows } from './ModelRows';
import { modelsQuery } from './models';
import classes from './ModelsPage.module.css';

const route = getRouteApi('/app/admin/models');
const EditPrices = lazy(async () => ({ default: (await import('./EditPrices')).EditPrices }));

/** The catalog as its operator sees it: who can have what, at which price, and what stays of it. */
export function ModelsPage() {
  const { t } = useTranslation('admin');
  const { t: tc } = useTranslation();
  const { q, kind } = route.useSearch();
  const navigate = route.useNavigate();
  const list = useQuery(modelsQuery);
  const [pricing, setPricing] = useState<string | null>(null);
  const kinds = [...new Set(list.data?.map((m) => m.kind))];
  const wanted = (q ?? '').trim().toLowerCase();
  const shown = list.data?.filter(
    (m) =>
      (!kind || m.kind === kind) &&
      [m.id, m.name, m.provider, ...m.routes.map((r) => r.provider)].some((s) =>
        s.toLowerCase().includes(wanted),
      ),
  );

  const priced = list.data?.find((m) => m.id === pricing);

  return (
    <Sheet title={t('models.title')} subtitle={t('models.subtitle')}>
      <div className={classes.filters}>
        <TextInput
          aria-label={t('models.search')}
          placeholder={t('models.search')}
          leftSection={<IconSearch size={16} aria-hidden />}
          defaultValue={q ?? ''}
          onChange={(e) => {
            const value = e.currentTarget.value;
            void navigate({ search: (s) => ({ ...s, q: value === '' ? undefined : value }), replace: true });
          }}
        />
        <NativeSelect
          aria-label={t('models.kind')}
          value={kind ?? ''}
          onChange={(e) => {
            const value = e.currentTarget.value;
            void navigate({
              search: (s) => ({ ...s, kind: value === '' ? undefined : value }),
              replace: true,
            });
          }}
          data={[
            { value: '', label: t('models.allKinds') },
            ...kinds.map((value) => ({ value, label: kindName(t, value) })),
          ]}
        />
      </div>
      {list.isError ? <FaultNote error={list.error} onRetry={() => void list.refetch()} /> : null}
      {list.isPending ? <Skeleton height={360} radius="lg" aria-label={tc('loading')} /> : null}
      {shown?.length === 0 ? (
        <EmptyState icon={IconTags} title={t('models.none')} body={t('models.noneBody')} />
      ) : null}
      {shown && shown.length > 0 ? (
        <Table.ScrollContainer minWidth={0}>
          <Table verticalSpacing={12} className={classes.table}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('models.model')}</Table.Th>
                <Table.Th>{t('models.unit')}</Table.Th>
                <Table.Th className={classes.number}>{t('models.price')}</Table.Th>
                <Table.Th className={classes.number}>{t('models.cost')}</Table.Th>
                <Table.Th className={classes.number}>{t('models.margin')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            {shown.map((m) => (
              <ModelRows key={m.id} model={m} onPrices={() => setPricing(m.id)} />
            ))}
          </Table>
        </Table.ScrollContainer>
      ) : null}
      {priced ? (
        <Suspense>
          <EditPrices key={priced.id} model={priced} onClose={() => setPricing(null)} />
        </Suspense>
      ) : null}
    </Sheet>
  );
}
