import { SegmentedControl, Skeleton, Table } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { UsageSeries } from '@/api/types';
import { StackedBars } from '@/shared/charts/StackedBars';
import { credits, date, num } from '@/shared/lib/format';
import { kindName } from './names';
import { byMonth, COLORS, columns, KINDS, periodsOf, type Measure } from './usage';
import classes from './UsagePage.module.css';

interface Props {
  series: UsageSeries | undefined;
  measure: Measure;
  onMeasure: (measure: Measure) => void;
  stale: boolean;
}

/** The server's days are UTC's; written in the reader's zone they could slip by one. */
const named = (period: string, o: Intl.DateTimeFormatOptions) =>
  date(period.length === 7 ? `${period}-01` : period, { ...o, timeZone: 'UTC' });

/** Stacked bars by kind, and the same as a table. */
export function UsageChart({ series, measure, onMeasure, stale }: Props) {
  const { t } = useTranslation('usage');
  if (!series) return <Skeleton height={320} radius="lg" />;
  const months = byMonth(series);
  const kinds = KINDS.filter((k) => series.items.some((i) => i.services.some((s) => s.service === k)));
  const rows = columns(periodsOf(series), series.items, measure).map(({ period, values }) => ({
    label: named(period, months ? { month: 'short' } : { month: 'short', day: 'numeric' }),
    name: named(period, months ? { month: 'long', year: 'numeric' } : { dateStyle: 'medium' }),
    values,
  }));
  const format = measure === 'credits' ? credits : (v: number) => num(v);
  const used = rows.filter((r) => Object.keys(r.values).length > 0);
  const label = t(`chart.${measure}`);
  return (
    <figure className={classes.chart} data-stale={stale || undefined}>
      <div className={classes.chartHead}>
        <figcaption>{label}</figcaption>
        <ul className={classes.legend}>
          {kinds.map((k) => (
            <li key={k}>
              <i aria-hidden style={{ background: COLORS[k] }} />
              {kindName(t, k)}
            </li>
          ))}
        </ul>
        <SegmentedControl
          size="xs"
          aria-label={t('measure')}
          value={measure}
          onChange={(v) => onMeasure(v === 'calls' ? 'calls' : 'credits')}
          data={(['credits', 'calls'] as const).map((m) => ({ value: m, label: t(`measure.${m}`) }))}
        />
      </div>
      <StackedBars
        label={label}
        height={280}
        format={format}
        total={t('sum')}
        series={kinds.map((key) => ({ key, color: COLORS[key], label: kindName(t, key) }))}
        rows={rows}
      />
      <details>
        <summary>{t('table')}</summary>
        <Table.ScrollContainer minWidth={90 + kinds.length * 90}>
          <Table verticalSpacing={6}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t(months ? 'month' : 'day')}</Table.Th>
                {kinds.map((k) => (
                  <Table.Th key={k} className={classes.number}>
                    {kindName(t, k)}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {used.toReversed().map((r) => (
                <Table.Tr key={r.name}>
                  <Table.Th scope="row">{r.name}</Table.Th>
                  {kinds.map((k) => (
                    <Table.Td key={k} className={classes.number}>
                      {format(r.values[k] ?? 0)}
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </details>
    </figure>
  );
}
