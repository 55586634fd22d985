import { Skeleton, Table } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { api, unwrap } from '@/api/client';
import { exactCredits, num } from '@/shared/lib/format';
import { FaultNote } from '@/shared/ui/FaultNote';
import classes from './Receipt.module.css';

const UNITS = ['character', 'second', 'image', 'token'] as const;

/** Prices stand for a number of units at a time: "1000 characters" is read as 1000 of character. */
function readUnit(t: TFunction, unit: string) {
  const [, count, noun] = /^(\d+) (.+)$/.exec(unit) ?? [];
  const plain = (noun ?? unit).replace(/s$/, '');
  const known = UNITS.find((u) => u === plain);
  return { per: Number(count ?? 1), noun: known ? t(`unit.${known}`) : (noun ?? unit) };
}

/** What a piece of work was charged for, line by line; the lines add up to the charge. */
export function Receipt({ generationId }: { generationId: string }) {
  const { t } = useTranslation();
  const query = useQuery({
    queryKey: ['receipt', generationId],
    queryFn: ({ signal }) =>
      unwrap(api.GET('/api/generations/{id}/receipt', { params: { path: { id: generationId } }, signal })),
    staleTime: Infinity,
  });
  if (query.isError) return <FaultNote error={query.error} onRetry={() => void query.refetch()} />;
  const receipt = query.data;
  if (!receipt) return <Skeleton height={140} radius="md" aria-label={t('loading')} />;

  return (
    <div className={classes.root}>
      <Table.ScrollContainer minWidth={300}>
        <Table verticalSpacing={8} horizontalSpacing={8}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('receipt.what')}</Table.Th>
              <Table.Th className={classes.number}>{t('receipt.units')}</Table.Th>
              <Table.Th className={classes.number}>{t('receipt.price')}</Table.Th>
              <Table.Th className={classes.number}>{t('receipt.credits')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {receipt.lines.map((line, i) => {
              const { per, noun } = readUnit(t, line.unit);
              return (
                // lines have no name of their own and never move
                // oxlint-disable-next-line react/no-array-index-key
                <Table.Tr key={i}>
                  <Table.Td>
                    {line.what === 'speech' ? t('receipt.speech') : line.what}
                    {line.cached ? <span className={classes.cached}>{t('receipt.cached')}</span> : null}
                    {line.ownKey ? <span className={classes.cached}>{t('receipt.own')}</span> : null}
                  </Table.Td>
                  <Table.Td className={classes.number}>
                    {num(line.units)} {noun}
                  </Table.Td>
                  <Table.Td
                    className={classes.number}
                    title={line.ownKey ? undefined : t('receipt.source', { source: line.priceSource })}
                  >
                    {per === 1
                      ? exactCredits(line.price)
                      : t('receipt.per', { price: exactCredits(line.price), per })}
                  </Table.Td>
                  <Table.Td className={classes.number}>{exactCredits(line.credits)}</Table.Td>
                </Table.Tr>
              );
            })}
          </Table.Tbody>
          <Table.Tfoot>
            <Table.Tr>
              <Table.Th colSpan={3}>{t('receipt.total')}</Table.Th>
              <Table.Th className={classes.number}>{exactCredits(receipt.credits)}</Table.Th>
            </Table.Tr>
          </Table.Tfoot>
        </Table>
      </Table.ScrollContainer>
      <dl className={classes.facts}>
        <dt>{t('receipt.ceiling')}</dt>
        <dd className="tnum">{t('credits.amount', { credits: exactCredits(receipt.ceiling) })}</dd>
        <dt>{t('receipt.provider')}</dt>
        <dd>
          {receipt.provider} · {receipt.model}
        </dd>
        <dt>{t('receipt.retries')}</dt>
        <dd className="tnum">{num(receipt.retries)}</dd>
        {typeof receipt.providerCostUsd === 'number' ? (
          <>
            <dt>{t('receipt.cost')}</dt>
            <dd className="tnum">
              {num(receipt.providerCostUsd, {
                style: 'currency',
                currency: 'USD',
                maximumFractionDigits: 6,
              })}
            </dd>
          </>
        ) : null}
      </dl>
    </div>
  );
}
