import { ActionIcon, Badge, Switch, Table, Tooltip } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { AdminModel, AdminPrice } from '@/api/types';
import { date, exactCredits, usdExact } from '@/shared/lib/format';
import { partOf, percent, unitText, useSwitchModel } from './models';
import classes from './ModelsPage.module.css';

const COLORS = {
  offered: 'jade',
  noProvider: 'gray',
  unpriced: 'gray',
  retired: 'coral',
  disabled: 'coral',
  providerDisabled: 'coral',
} as const;
const DAY = { dateStyle: 'medium', timeZone: 'UTC' } as const;
const chooseOf = (m: AdminModel) =>
  (['weight', 'price', 'speed'] as const).find((c) => c === m.choose) ?? 'order';

/** A model and its prices: one line for each, the name and the hand on it beside all of them. */
export function ModelRows({ model: m, onPrices }: { model: AdminModel; onPrices: () => void }) {
  const { t } = useTranslation('admin');
  const { set, sent } = useSwitchModel();
  const disabled = sent.isPending ? Boolean(sent.variables.disabled) : m.disabled;
  const lines: (AdminPrice | null)[] = m.prices.length > 0 ? m.prices : [null];
  return (
    <Table.Tbody data-off={disabled || undefined}>
      {lines.map((p, i) => (
        <Table.Tr key={p ? `${p.unit}/${p.size}/${p.quality}/${p.above}` : 'none'}>
          {i === 0 ? (
            <Table.Th scope="rowgroup" rowSpan={lines.length} className={classes.model}>
              <div className={classes.modelHead}>
                <Switch
                  size="sm"
                  aria-label={t('models.offer', { id: m.id })}
                  checked={!disabled}
                  onChange={(e) => set(m.id, !e.currentTarget.checked)}
                />
                <div>
                  <strong>{m.id}</strong>
                  <Badge size="sm" tt="none" variant="light" color={COLORS[m.state]}>
                    {t(`state.${m.state}`)}
                  </Badge>
                  <span>
                    {[m.provider, ...m.routes.map((r) => r.provider)].join(' → ')}
                    {m.routes.length > 0 ? ` (${t(`choose.${chooseOf(m)}`)})` : ''}
                  </span>
                  {m.retires ? <span>{t('models.retires', { date: date(m.retires, DAY) })}</span> : null}
                  {m.repriced ? <span>{t('models.repriced')}</span> : null}
                </div>
                <Tooltip label={t('prices.edit')} openDelay={400}>
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    aria-label={t('prices.editOf', { id: m.id })}
                    onClick={onPrices}
                  >
                    <IconPencil size={17} stroke={1.7} aria-hidden />
                  </ActionIcon>
                </Tooltip>
              </div>
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

function Price({ price: p }: { price: AdminPrice }) {
  const { t } = useTranslation('admin');
  const of = partOf(t, p);
  return (
    <>
      <Table.Td>
        {unitText(t, p.unit, p.per)}
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
        {percent(p.margin)}
      </Table.Td>
    </>
  );
}
