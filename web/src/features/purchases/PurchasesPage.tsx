import { Badge, Button, Table } from '@mantine/core';
import { IconShoppingBag } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Purchase } from '@/api/types';
import { credits, dateTime, money, relative } from '@/shared/lib/format';
import { providerName, purchasesQuery, stateColor, stateName } from '@/shared/payments/payments';
import { EmptyState } from '@/shared/ui/EmptyState';
import { PagedList } from '@/shared/ui/PagedList';
import { Sheet } from '@/shared/ui/Sheet';
import classes from '@/shared/ui/Ledger.module.css';

/** Everything that was bought, newest first; each order opens its own page. */
export function PurchasesPage() {
  const { t } = useTranslation('purchases');
  const list = useInfiniteQuery(purchasesQuery);
  const items = list.data?.pages.flatMap((p) => p.items) ?? [];
  const shop = (
    <Button component={Link} to="/pricing">
      {t('buy')}
    </Button>
  );
  return (
    <Sheet title={t('title')} subtitle={t('subtitle')} action={items.length > 0 ? shop : null}>
      <PagedList
        list={list}
        count={items.length}
        height={240}
        none={
          <EmptyState icon={IconShoppingBag} title={t('none')} body={t('noneBody')}>
            {shop}
          </EmptyState>
        }
      >
        <Table.ScrollContainer minWidth={0}>
          <Table verticalSpacing={10} highlightOnHover className={classes.table}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('column.at')}</Table.Th>
                <Table.Th>{t('column.what')}</Table.Th>
                <Table.Th>{t('column.state')}</Table.Th>
                <Table.Th className={classes.number}>{t('column.paid')}</Table.Th>
                <Table.Th className={classes.number}>{t('column.credits')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.map((p) => (
                <Row key={p.id} purchase={p} />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </PagedList>
    </Sheet>
  );
}

function Row({ purchase: p }: { purchase: Purchase }) {
  const { t } = useTranslation('purchases');
  return (
    <Table.Tr>
      <Table.Td>
        <time dateTime={p.at} title={dateTime(p.at)}>
          {relative(p.at)}
        </time>
      </Table.Td>
      <Table.Td>
        {p.orderId ? (
          <Link to="/checkout/$orderId" params={{ orderId: p.orderId }}>
            {p.name}
          </Link>
        ) : (
          p.name
        )}
        <span className={classes.detail}>
          {p.orderId === null ? `${t('renewal')} · ` : ''}
          {providerName(p.provider)}
        </span>
      </Table.Td>
      <Table.Td>
        <Badge color={stateColor(p.state)} variant="light" tt="none">
          {stateName(t, p.state)}
        </Badge>
      </Table.Td>
      <Table.Td className={classes.number}>
        {money(p.amount, p.currency)}
        {p.refunded > 0 ? (
          <span className={classes.detail}>{t('refunded', { amount: money(p.refunded, p.currency) })}</span>
        ) : null}
      </Table.Td>
      <Table.Td className={classes.number}>{credits(p.credits)}</Table.Td>
    </Table.Tr>
  );
}
