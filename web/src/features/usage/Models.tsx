import { Table, UnstyledButton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Usage } from '@/api/types';
import { exactCredits, num } from '@/shared/lib/format';
import { amounts, kindName } from './names';
import { COLORS, KINDS, money } from './usage';
import classes from './UsagePage.module.css';

interface Props {
  total: Usage;
  onModel: (model: string) => void;
}

/** What each model was used for, the dearest first. */
export function Models({ total, onModel }: Props) {
  const { t } = useTranslation('usage');
  const most = Math.max(...total.models.map((m) => m.credits), 0);
  const admin = typeof total.costUsd === 'number';
  return (
    <section className={classes.models} aria-labelledby="models">
      <h2 id="models">{t('models')}</h2>
      <div className={classes.scroll}>
        <Table verticalSpacing={10} className={classes.table}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('column.model')}</Table.Th>
              <Table.Th className={classes.wide}>{t('column.amount')}</Table.Th>
              <Table.Th className={classes.number}>{t('column.credits')}</Table.Th>
              <Table.Th className={classes.number}>{t('column.calls')}</Table.Th>
              {admin ? <Table.Th className={classes.number}>{t('tile.cost')}</Table.Th> : null}
              {admin ? <Table.Th className={classes.number}>{t('tile.margin')}</Table.Th> : null}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {total.models.map((m) => (
              <Table.Tr key={`${m.service}/${m.model}/${m.provider}`}>
                <Table.Td>
                  <UnstyledButton
                    className={classes.model}
                    title={t('model.only', { model: m.model })}
                    onClick={() => onModel(m.model)}
                  >
                    {m.model}
                  </UnstyledButton>
                  <span className={classes.detail}>
                    {kindName(t, m.service)} · {m.provider}
                  </span>
                  <span className={classes.share} aria-hidden>
                    <i
                      style={{
                        transform: `scaleX(${most > 0 ? m.credits / most : 0})`,
                        background: COLORS[KINDS.find((k) => k === m.service) ?? 'embedding'],
                      }}
                    />
                  </span>
                </Table.Td>
                <Table.Td className={classes.wide}>{amounts(t, m.units, m.tokens)}</Table.Td>
                <Table.Td className={classes.number} data-label={t('column.credits')}>
                  {exactCredits(m.credits)}
                </Table.Td>
                <Table.Td className={classes.number} data-label={t('column.calls')}>
                  {num(m.count)}
                </Table.Td>
                {admin ? (
                  <Table.Td className={classes.number} data-label={t('tile.cost')}>
                    {money(m, m.costUsd)}
                  </Table.Td>
                ) : null}
                {admin ? (
                  <Table.Td className={classes.number} data-label={t('tile.margin')}>
                    {money(m, m.marginUsd)}
                  </Table.Td>
                ) : null}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </section>
  );
}
