import { Button, NativeSelect, Pill, SegmentedControl, Skeleton, Switch, TextInput } from '@mantine/core';
import { IconChartBar, IconDownload } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe } from '@/shared/hooks/useSession';
import { saveBlob } from '@/shared/lib/save';
import { EmptyState } from '@/shared/ui/EmptyState';
import { FaultNote } from '@/shared/ui/FaultNote';
import { Sheet } from '@/shared/ui/Sheet';
import { Models } from './Models';
import { kindName } from './names';
import { Tiles } from './Tiles';
import { KINDS, RANGES, seriesQuery, spanOf, totalsQuery, usageCsv, type Measure } from './usage';
import { UsageChart } from './UsageChart';
import classes from './UsagePage.module.css';

const route = getRouteApi('/app/usage');
const blank = (v: string) => (v === '' ? undefined : v);

/** What was made, day by day, by kind and by model, and what it came to. */
export function UsagePage() {
  const { t } = useTranslation('usage');
  const { t: tc } = useTranslation();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [measure, setMeasure] = useState<Measure>('credits');
  const admin = useMe()?.role === 'admin';
  const total = useQuery(totalsQuery(search));
  const series = useQuery(seriesQuery(search));
  const csv = useMutation({
    mutationFn: () => usageCsv(search),
    onSuccess: (blob) => saveBlob(blob, 'aimake-usage.csv'),
  });
  const span = spanOf(search);
  const custom = search.from !== undefined || search.to !== undefined;
  const narrowed = search.service !== undefined || search.model !== undefined;
  const change = (part: Partial<typeof search>) =>
    void navigate({ search: (s) => ({ ...s, ...part }), replace: true });
  const failed = total.error ?? series.error;
  const empty = total.data?.count === 0;

  return (
    <Sheet
      title={t('title')}
      subtitle={t('subtitle')}
      action={
        admin ? (
          <Switch
            label={t('everyone')}
            checked={search.everyone ?? false}
            onChange={(e) => change({ everyone: e.currentTarget.checked ? true : undefined })}
          />
        ) : null
      }
    >
      <div className={classes.filters} role="group" aria-label={t('filters')}>
        <SegmentedControl
          aria-label={t('range')}
          value={custom ? '' : String(search.days ?? 30)}
          onChange={(v) =>
            change({ days: RANGES.find((n) => String(n) === v), from: undefined, to: undefined })
          }
          data={RANGES.map((n) => ({ value: String(n), label: t(`range.${n}`) }))}
        />
        <TextInput
          size="sm"
          type="date"
          aria-label={t('from')}
          title={t('from')}
          value={span.from}
          max={span.to}
          onChange={(e) => change({ from: blank(e.currentTarget.value), to: span.to })}
        />
        <TextInput
          size="sm"
          type="date"
          aria-label={t('to')}
          title={t('to')}
          value={span.to}
          min={span.from}
          onChange={(e) => change({ from: span.from, to: blank(e.currentTarget.value) })}
        />
        <NativeSelect
          size="sm"
          aria-label={t('kind')}
          value={search.service ?? ''}
          onChange={(e) => change({ service: blank(e.currentTarget.value) })}
          data={[
            { value: '', label: t('kind.all') },
            ...KINDS.map((k) => ({ value: k, label: kindName(t, k) })),
          ]}
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
      {search.model ? (
        <div>
          <Pill
            size="lg"
            withRemoveButton
            removeButtonProps={{ 'aria-label': t('model.clear'), tabIndex: 0, 'aria-hidden': false }}
            onRemove={() => change({ model: undefined })}
          >
            {search.model}
          </Pill>
        </div>
      ) : null}

      {failed ? (
        <FaultNote
          error={failed}
          onRetry={() => {
            void total.refetch();
            void series.refetch();
          }}
        />
      ) : null}
      {total.isPending ? <Skeleton height={104} radius="lg" aria-label={tc('loading')} /> : null}
      {empty ? (
        <EmptyState
          as="h2"
          icon={IconChartBar}
          title={t('empty.title')}
          body={t(narrowed ? 'empty.narrowed' : 'empty.body')}
        >
          {narrowed ? (
            <Button variant="light" onClick={() => change({ service: undefined, model: undefined })}>
              {t('empty.clear')}
            </Button>
          ) : (
            <Button component={Link} to="/studio/speech" variant="light">
              {t('empty.start')}
            </Button>
          )}
        </EmptyState>
      ) : null}
      {total.data && !empty ? (
        <>
          <Tiles total={total.data} />
          <UsageChart
            series={series.data}
            measure={measure}
            onMeasure={setMeasure}
            stale={series.isPlaceholderData}
          />
          <Models total={total.data} onModel={(model) => change({ model })} />
        </>
      ) : null}
      {total.isPending ? <Skeleton height={320} radius="lg" /> : null}
    </Sheet>
  );
}
