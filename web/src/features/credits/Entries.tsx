import { Button, Modal, NativeSelect, Table, TextInput } from '@mantine/core';
import { IconDownload, IconListDetails, IconReceipt2 } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { dateTime, exactCredits, relative } from '@/shared/lib/format';
import { saveBlob } from '@/shared/lib/save';
import { EmptyState } from '@/shared/ui/EmptyState';
import { PagedList } from '@/shared/ui/PagedList';
import ledger from '@/shared/ui/Ledger.module.css';
import { entriesCsv, entriesQuery } from './entries';
import { entryNote, KINDS, kindName } from './names';
import classes from './Entries.module.css';

const Receipt = lazy(async () => ({ default: (await import('@/shared/receipt/Receipt')).Receipt }));
const route = getRouteApi('/app/credits');

/** The ledger as its owner may see it: every line, filtered, page by page, or as a file. */
export function Entries() {
  const { t } = useTranslation('credits');
  const { t: tc } = useTranslation();
  const navigate = route.useNavigate();
  const filter = route.useSearch();
  const list = useInfiniteQuery({ ...entriesQuery(filter), placeholderData: keepPreviousData });
  const items = list.data?.pages.flatMap((p) => p.items) ?? [];
  const [receipt, setReceipt] = useState<string | null>(null);
  const csv = useMutation({
    mutationFn: () => entriesCsv(filter),
    onSuccess: (blob) => saveBlob(blob, 'aimake-credits.csv'),
  });
  const change = (part: Partial<typeof filter>) =>
    void navigate({ search: (s) => ({ ...s, ...part }), replace: true });

  return (
    <section className={classes.root} aria-labelledby="entries">
      <div className={classes.head}>
        <h2 id="entries">{t('entries')}</h2>
        <NativeSelect
          size="sm"
          aria-label={t('filter.kind')}
          value={filter.kind ?? ''}
          onChange={(e) => change({ kind: e.currentTarget.value === '' ? undefined : e.currentTarget.value })}
          data={[
            { value: '', label: t('filter.all') },
            ...KINDS.map((k) => ({ value: k, label: t(`kind.${k}`) })),
          ]}
        />
        <TextInput
          size="sm"
          type="date"
          aria-label={t('filter.from')}
          title={t('filter.from')}
          value={filter.from ?? ''}
          max={filter.to ?? ''}
          onChange={(e) => change({ from: e.currentTarget.value === '' ? undefined : e.currentTarget.value })}
        />
        <TextInput
          size="sm"
          type="date"
          aria-label={t('filter.to')}
          title={t('filter.to')}
          value={filter.to ?? ''}
          min={filter.from ?? ''}
          onChange={(e) => change({ to: e.currentTarget.value === '' ? undefined : e.currentTarget.value })}
        />
        <Button
          size="sm"
          variant="default"
          leftSection={<IconDownload size={16} />}
          loading={csv.isPending}
          onClick={() => csv.mutate()}
        >
          CSV
        </Button>
      </div>
      <PagedList
        list={list}
        count={items.length}
        height={240}
        none={
          <EmptyState icon={IconListDetails} title={t('entries.none')} body={t('entries.noneBody')} as="h2" />
        }
      >
        <Table.ScrollContainer minWidth={0}>
          <Table verticalSpacing={10} highlightOnHover className={ledger.table}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('column.at')}</Table.Th>
                <Table.Th>{t('column.what')}</Table.Th>
                <Table.Th className={ledger.number}>{t('column.amount')}</Table.Th>
                <Table.Th>
                  <span className="sr-only">{tc('receipt.title')}</span>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.map((e) => (
                <Table.Tr key={e.id}>
                  <Table.Td>
                    <time dateTime={e.at} title={dateTime(e.at)}>
                      {relative(e.at)}
                    </time>
                  </Table.Td>
                  <Table.Td>
                    {kindName(t, e.kind)}
                    <span className={ledger.detail}>{entryNote(t, e)}</span>
                  </Table.Td>
                  <Table.Td className={ledger.number} data-in={e.amount > 0 || undefined}>
                    {e.amount > 0 ? '+' : ''}
                    {exactCredits(e.amount)}
                  </Table.Td>
                  <Table.Td className={ledger.number}>
                    {e.generationId ? (
                      <Button
                        size="compact-xs"
                        variant="subtle"
                        color="gray"
                        onClick={() => setReceipt(e.generationId ?? null)}
                      >
                        <IconReceipt2 size={18} stroke={1.7} className={classes.icon} aria-hidden />
                        <span className={classes.word}>{tc('receipt.title')}</span>
                      </Button>
                    ) : null}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </PagedList>
      <Modal
        opened={receipt !== null}
        onClose={() => setReceipt(null)}
        title={tc('receipt.title')}
        size="lg"
        radius="lg"
        closeButtonProps={{ 'aria-label': tc('close') }}
      >
        {receipt ? (
          <Suspense>
            <Receipt generationId={receipt} />
          </Suspense>
        ) : null}
      </Modal>
    </section>
  );
}
