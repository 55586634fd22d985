import { Badge, NativeSelect, Skeleton, Table, TextInput } from '@mantine/core';
import { IconSearch, IconTags } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { AdminModel, AdminPrice } from '@/api/types';
import { date, exactCredits, num, usdExact } from '@/shared/lib/format';
import { EmptyState } from '@/shared/ui/EmptyState';
import { FaultNote } from '@/shared/ui/FaultNote';
import { Sheet } from '@/shared/ui/Sheet';
import { modelsQuery } from './models';
import classes from './ModelsPage.module.css';

const route = getRouteApi('/app/admin/models');
const COLORS = { offered: 'jade', noProvider: 'gray', unpriced: 'gray', retired: 'coral' } as const;
const UNITS = [
  'character',
  'second',
  'input-token',
  'cached-token',
  'output-token',
  'image',
  'video',
] as const;

/** The catalog as its operator sees it: who can have what, at which price, and what stays of it. */
export function ModelsPage() {
  const { t } = useTranslation('admin');
  const { t: tc } = useTranslation();
  const { q, kind } = route.useSearch();
  const navigate = route.useNavigate();
  const list = useQuery(modelsQuery);
  const kinds = [...new Set(list.data?.map((m) => m.kind))];
  const wanted = (q ?? '').trim().toLowerCase();
  const shown = list.data?.filter(
    (m) =>
      (!kind || m.kind === kind) &&
      [m.id, m.name, m.provider, ...m.routes.map((r) => r.provider)].some((s) =>
        s.toLowerCase().includes(wanted),
      ),
  );

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
          data={[{ value: '', label: t('models.allKinds') }, ...kinds]}
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
              <Rows key={m.id} model={m} />
            ))}
          </Table>
        </Table.ScrollContainer>
      ) : null}
    </Sheet>
  );
}

/** A model and its prices: one line for each, the name beside all of them. */
function Rows({ model: m }: { model: AdminModel }) {
  const { t } = useTranslation('admin');
  const lines: (AdminPrice | null)[] = m.prices.length > 0 ? m.prices : [null];
  return (
    <Table.Tbody>
      {lines.map((p, i) => (
        <Table.Tr key={p ? `${p.unit}/${p.size}/${p.quality}` : 'none'}>
          {i === 0 ? (
            <Table.Th scope="rowgroup" rowSpan={lines.length} className={classes.model}>
              <strong>{m.id}</strong>
              <Badge size="sm" tt="none" variant="light" color={COLORS[m.state]}>
                {t(`state.${m.state}`)}
              </Badge>
              <span>
                {[m.provider, ...m.routes.map((r) => r.provider)].join(' → ')}
                {m.routes.length > 0 ? ` (${t(`choose.${chooseOf(m)}`)})` : ''}
              </span>
              {m.retires ? <span>{t('models.retires', { date: date(m.retires, DAY) })}</span> : null}
            </Table.Th>
          ) : null}
          {p ? (
            <Price price={p} />
          ) : (
            <Table.Td colSpan={4} className={classes.none}>
              {t('models.noPrice')}
            </Table.Td>
          )}
        </Table.Tr>
      ))}
    </Table.Tbody>
  );
}

const DAY = { dateStyle: 'medium', timeZone: 'UTC' } as const;
const chooseOf = (m: AdminModel) =>
  (['weight', 'price', 'speed'] as const).find((c) => c === m.choose) ?? 'order';

function Price({ price: p }: { price: AdminPrice }) {
  const { t } = useTranslation('admin');
  const unit = UNITS.find((u) => u === p.unit);
  const of = [p.size, p.quality].filter(Boolean).join(' · ');
  return (
    <>
      <Table.Td>
        {unit ? t(`unit.${unit}`, { count: p.per }) : `${num(p.per)} ${p.unit}`}
        {of ? <span className={classes.of}>{of}</span> : null}
      </Table.Td>
      <Table.Td
        className={classes.number}
        data-label={t('models.price')}
        title={t('models.source', { source: p.source, date: date(p.date, DAY) })}
      >
        {exactCredits(p.credits)}
      </Table.Td>
      <Table.Td
        className={classes.number}
        data-label={t('models.cost')}
        {...(p.costSource ? { title: p.costSource } : {})}
      >
        {p.costUsd === null ? '—' : usdExact(p.costUsd)}
      </Table.Td>
      <Table.Td
        className={classes.number}
        data-label={t('models.margin')}
        data-loss={(p.margin ?? 0) < 0 || undefined}
      >
        {p.margin === null ? '—' : num(p.margin, { style: 'percent', maximumFractionDigits: 0 })}
      </Table.Td>
    </>
  );
}
