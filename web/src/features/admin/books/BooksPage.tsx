import { Skeleton, Table, TextInput } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconScale } from '@tabler/icons-react';
import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api, unwrap } from '@/api/client';
import type { BookDay, Books } from '@/api/types';
import { credits, exactCredits, money, num } from '@/shared/lib/format';
import { EmptyState } from '@/shared/ui/EmptyState';
import { FaultNote } from '@/shared/ui/FaultNote';
import ledger from '@/shared/ui/Ledger.module.css';
import { Sheet } from '@/shared/ui/Sheet';
import classes from './BooksPage.module.css';

const route = getRouteApi('/app/admin/books');

const booksQuery = ({ from, to }: { from?: string | undefined; to?: string | undefined }) =>
  queryOptions({
    queryKey: ['admin', 'books', { from, to }],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET('/api/admin/books', {
          params: { query: { ...(from ? { from } : {}), ...(to ? { to } : {}) } },
          signal,
        }),
      ),
  });

/** One page that says whether the books close, and where they do not. */
export function BooksPage() {
  const { t } = useTranslation('orders');
  const { t: tc } = useTranslation();
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery({ ...booksQuery(filter), placeholderData: keepPreviousData });
  const b = query.data;
  const change = (part: Partial<typeof filter>) =>
    void navigate({ search: (s) => ({ ...s, ...part }), replace: true });
  return (
    <Sheet title={t('books.title')} subtitle={t('books.subtitle')}>
      <div className={classes.filters}>
        {(['from', 'to'] as const).map((end) => (
          <TextInput
            key={end}
            type="date"
            aria-label={t(`books.${end}`)}
            title={t(`books.${end}`)}
            value={filter[end] ?? b?.[end] ?? ''}
            onChange={(e) => change({ [end]: e.currentTarget.value || undefined })}
          />
        ))}
      </div>
      {query.isError ? <FaultNote error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.isPending ? <Skeleton height={280} radius="lg" aria-label={tc('loading')} /> : null}
      {b ? <Verdict books={b} /> : null}
      {b?.days.length === 0 ? (
        <EmptyState icon={IconScale} title={t('books.none')} body={t('books.noneBody')} />
      ) : null}
      {b && b.days.length > 0 ? (
        <Table.ScrollContainer minWidth={0}>
          <Table verticalSpacing={10} className={ledger.table}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('books.day')}</Table.Th>
                <Table.Th className={ledger.number}>{t('books.paid')}</Table.Th>
                <Table.Th className={ledger.number}>{t('books.back')}</Table.Th>
                <Table.Th className={ledger.number}>{t('books.granted')}</Table.Th>
                <Table.Th className={ledger.number}>{t('books.provider')}</Table.Th>
                <Table.Th className={ledger.number}>{t('books.drift')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {b.days.map((d) => (
                <Day key={d.day + d.currency} day={d} />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      ) : null}
    </Sheet>
  );
}

function Verdict({ books: b }: { books: Books }) {
  const { t } = useTranslation('orders');
  const Look = b.closes ? IconCircleCheck : IconAlertTriangle;
  const figures = [
    [t('books.ledger'), exactCredits(b.ledger.drift), b.ledger.drift !== 0],
    [t('books.orphans'), num(b.ordersWithoutPayment), b.ordersWithoutPayment > 0],
    [t('books.refused'), num(b.eventsRefused), b.eventsRefused > 0],
    [t('books.waiting'), num(b.eventsWaiting), false],
    ...b.unknown.map((u) => [t('books.unknown'), money(u.amount, u.currency), true] as const),
  ] as const;
  return (
    <section className={classes.verdict} data-closes={b.closes || undefined}>
      <Look size={28} stroke={1.6} aria-hidden />
      <div>
        <h2>{t(b.closes ? 'books.closes' : 'books.open')}</h2>
        <p>{t(b.closes ? 'books.closesBody' : 'books.openBody')}</p>
      </div>
      <dl>
        {figures.map(([name, value, wrong]) => (
          <div key={name + value} data-wrong={wrong || undefined}>
            <dt>{name}</dt>
            <dd className="tnum">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Day({ day: d }: { day: BookDay }) {
  const { t } = useTranslation('orders');
  const real = [d.ordersDrift, d.movementsDrift, d.providerDrift].filter((n) => n !== 0);
  const played = [d.creditsDrift, d.clawedDrift].filter((n) => n !== 0);
  return (
    <Table.Tr data-wrong={!d.closes || undefined}>
      <Table.Td>
        <time dateTime={d.day}>{d.day}</time>
      </Table.Td>
      <Table.Td className={ledger.number}>
        {money(d.paid, d.currency)}
        <span className={ledger.detail}>× {num(d.payments)}</span>
      </Table.Td>
      <Table.Td className={ledger.number}>{money(d.refunded + d.disputed, d.currency)}</Table.Td>
      <Table.Td className={ledger.number}>
        {credits(d.credits)}
        {d.clawed > 0 ? <span className={ledger.detail}>−{credits(d.clawed)}</span> : null}
      </Table.Td>
      <Table.Td className={ledger.number}>
        {money(d.providerPaid - d.providerRefunded, d.currency)}
        <span className={ledger.detail}>{t('books.compared', { count: d.compared, total: d.payments })}</span>
      </Table.Td>
      <Table.Td className={ledger.number} data-wrong={!d.closes || undefined}>
        {d.closes ? '0' : [...real.map((n) => money(n, d.currency)), ...played.map(exactCredits)].join(' · ')}
      </Table.Td>
    </Table.Tr>
  );
}
