import { Badge, Button, NativeSelect, Table, TextInput } from '@mantine/core';
import { IconReceipt } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AdminOrder } from '@/api/types';
import { credits, dateTime, money, relative } from '@/shared/lib/format';
import { providerName, stateColor, stateName, STATES } from '@/shared/payments/payments';
import { EmptyState } from '@/shared/ui/EmptyState';
import { PagedList } from '@/shared/ui/PagedList';
import ledger from '@/shared/ui/Ledger.module.css';
import { Sheet } from '@/shared/ui/Sheet';
import { ordersQuery } from './orders';
import classes from './OrdersPage.module.css';

const route = getRouteApi('/app/admin/orders');
const OrderTools = lazy(async () => ({ default: (await import('./OrderTools')).OrderTools }));

/** Everybody's orders, and the tools for those that went astray. */
export function OrdersPage() {
  const { t } = useTranslation('orders');
  const { t: tp } = useTranslation('purchases');
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const list = useInfiniteQuery({ ...ordersQuery(filter), placeholderData: keepPreviousData });
  const items = list.data?.pages.flatMap((p) => p.items) ?? [];
  const [open, setOpen] = useState<string | null>(null);
  const chosen = items.find((o) => o.order.id === open);
  const change = (part: Partial<typeof filter>) =>
    void navigate({ search: (s) => ({ ...s, ...part }), replace: true });

  return (
    <Sheet title={t('title')} subtitle={t('subtitle')}>
      <div className={classes.filters}>
        <NativeSelect
          aria-label={t('state')}
          value={filter.state ?? ''}
          onChange={(e) => change({ state: e.currentTarget.value || undefined })}
          data={[
            { value: '', label: t('allStates') },
            ...STATES.map((s) => ({ value: s, label: stateName(tp, s) })),
          ]}
        />
        <NativeSelect
          aria-label={t('provider')}
          value={filter.provider ?? ''}
          onChange={(e) => change({ provider: e.currentTarget.value || undefined })}
          data={[
            { value: '', label: t('allProviders') },
            ...['stripe', 'creem'].map((p) => ({ value: p, label: providerName(p) })),
          ]}
        />
        <TextInput
          aria-label={t('user')}
          placeholder={t('user')}
          defaultValue={filter.user ?? ''}
          onBlur={(e) => change({ user: e.currentTarget.value.trim() || undefined })}
          onKeyDown={(e) => {
            if (e.key === 'Enter') e.currentTarget.blur();
          }}
        />
      </div>
      <PagedList
        list={list}
        count={items.length}
        none={<EmptyState icon={IconReceipt} title={t('none')} body={t('noneBody')} />}
      >
        <Table.ScrollContainer minWidth={0}>
          <Table verticalSpacing={10} highlightOnHover className={ledger.table}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('column.at')}</Table.Th>
                <Table.Th>{t('column.what')}</Table.Th>
                <Table.Th>{t('column.state')}</Table.Th>
                <Table.Th className={ledger.number}>{t('column.amount')}</Table.Th>
                <Table.Th>
                  <span className="sr-only">{t('tools')}</span>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.map((o) => (
                <Row key={o.order.id} order={o} onOpen={() => setOpen(o.order.id)} />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </PagedList>
      {chosen ? (
        <Suspense>
          <OrderTools key={chosen.order.id} order={chosen} onClose={() => setOpen(null)} />
        </Suspense>
      ) : null}
    </Sheet>
  );
}

function Row({ order: { order: o, userId }, onOpen }: { order: AdminOrder; onOpen: () => void }) {
  const { t } = useTranslation('orders');
  const { t: tp } = useTranslation('purchases');
  return (
    <Table.Tr>
      <Table.Td>
        <time dateTime={o.createdAt} title={dateTime(o.createdAt)}>
          {relative(o.createdAt)}
        </time>
      </Table.Td>
      <Table.Td>
        {o.name}
        <span className={ledger.detail} title={userId}>
          {providerName(o.provider)} · {userId.slice(-8)}
        </span>
      </Table.Td>
      <Table.Td>
        <Badge color={stateColor(o.state)} variant="light" tt="none">
          {stateName(tp, o.state)}
        </Badge>
      </Table.Td>
      <Table.Td className={ledger.number}>
        {money(o.amount, o.currency)}
        <span className={ledger.detail}>{credits(o.credits)}</span>
      </Table.Td>
      <Table.Td className={ledger.number}>
        <Button size="compact-sm" variant="default" onClick={onOpen} aria-label={t('toolsOf', { id: o.id })}>
          {t('tools')}
        </Button>
      </Table.Td>
    </Table.Tr>
  );
}
