import { Button, Group, Modal, NumberInput, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/client';
import type { AdminModel, ModelPrice } from '@/api/types';
import { dateTime, exactCredits, relative, usdExact } from '@/shared/lib/format';
import { FaultNote } from '@/shared/ui/FaultNote';
import fields from '@/shared/ui/Form.module.css';
import { toast } from '@/shared/ui/toast';
import { marginOf, partOf, percent, unitText, useChangeModel, versionsQuery } from './models';
import classes from './EditPrices.module.css';

/** What a kind is sold by, for a model that has no price yet. */
const FIRST: Readonly<Record<string, readonly (readonly [unit: string, per: number])[]>> = {
  speech: [['character', 1000]],
  chat: [
    ['input-token', 1_000_000],
    ['output-token', 1_000_000],
  ],
  embedding: [['input-token', 1_000_000]],
  transcription: [['second', 60]],
  image: [['image', 1]],
  video: [['second', 1]],
};

interface Line extends Omit<ModelPrice, 'credits'> {
  credits: number | string;
  before: number | null;
  costUsd: number | null;
}

const linesOf = (m: AdminModel): Line[] =>
  m.prices.length > 0
    ? m.prices.map(({ unit, per, size, quality, above, credits, costUsd }) => ({
        unit,
        per,
        size,
        quality,
        above,
        credits,
        costUsd,
        before: credits,
      }))
    : (FIRST[m.kind] ?? []).map(([unit, per]) => ({
        unit,
        per,
        size: null,
        quality: null,
        above: null,
        credits: '',
        costUsd: null,
        before: null,
      }));

/** Other prices for a model, with what would stay of each; and who set what before. */
export function EditPrices({ model: m, onClose }: { model: AdminModel; onClose: () => void }) {
  const { t } = useTranslation('admin');
  const { t: tc } = useTranslation();
  const [lines, setLines] = useState(() => linesOf(m));
  const [source, setSource] = useState('');
  const change = useChangeModel({ quiet: true });
  const refused = change.error instanceof ApiError ? change.error : null;
  const complete = lines.length > 0 && lines.every((l) => Number(l.credits) > 0);
  const edited = lines.some((l) => Number(l.credits) !== l.before);
  const save = (prices: ModelPrice[]) =>
    change.mutate(
      { id: m.id, prices },
      {
        onSuccess: () => {
          toast({ message: t('prices.saved', { id: m.id }) });
          onClose();
        },
      },
    );
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      radius="lg"
      title={t('prices.of', { id: m.id })}
      closeOnClickOutside={!edited}
      closeButtonProps={{ 'aria-label': tc('close') }}
    >
      <form
        className={fields.form}
        noValidate
        onSubmit={(e) => {
          e.preventDefault();
          if (complete && edited)
            save(
              lines.map(({ unit, per, size, quality, above, credits }) => ({
                unit,
                per,
                size: size ?? null,
                quality: quality ?? null,
                above: above ?? null,
                credits: Number(credits),
                source: source.trim() === '' ? null : source.trim(),
              })),
            );
        }}
      >
        <p className={classes.lead}>{t('prices.lead')}</p>
        {change.isError ? <FaultNote error={change.error} /> : null}
        <ul className={classes.lines}>
          {lines.map((l, i) => (
            <PriceLine
              key={`${l.unit}/${l.size}/${l.quality}/${l.above}`}
              line={l}
              creditUsd={m.creditUsd}
              error={refused?.field(`prices[${i}].credits`)}
              onChange={(credits) => setLines((all) => all.map((o, k) => (k === i ? { ...o, credits } : o)))}
            />
          ))}
        </ul>
        <TextInput
          label={t('prices.source')}
          description={t('prices.sourceHint')}
          maxLength={200}
          value={source}
          onChange={(e) => setSource(e.currentTarget.value)}
        />
        <Versions id={m.id} />
        <Group justify="flex-end" gap="xs">
          {m.repriced ? (
            <Button variant="subtle" color="gray" mr="auto" onClick={() => save([])}>
              {t('prices.reset')}
            </Button>
          ) : null}
          <Button variant="default" onClick={onClose}>
            {tc('cancel')}
          </Button>
          <Button type="submit" loading={change.isPending} disabled={!complete || !edited}>
            {t('prices.save')}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}

interface LineProps {
  line: Line;
  creditUsd: number;
  error: string | undefined;
  onChange: (credits: number | string) => void;
}

function PriceLine({ line: l, creditUsd, error, onChange }: LineProps) {
  const { t } = useTranslation('admin');
  const unit = unitText(t, l.unit, l.per);
  const of = partOf(t, l);
  const now = marginOf(Number(l.credits), creditUsd, l.costUsd);
  const before = l.before === null ? null : marginOf(l.before, creditUsd, l.costUsd);
  return (
    <li>
      <NumberInput
        label={of ? `${unit} · ${of}` : unit}
        suffix={` ${t('prices.unit')}`}
        min={0}
        max={1_000_000}
        decimalScale={6}
        allowNegative={false}
        hideControls
        value={l.credits}
        onChange={onChange}
        error={error}
      />
      <p className="tnum">
        {l.costUsd === null ? t('prices.noCost') : t('prices.cost', { cost: usdExact(l.costUsd) })}
        {now === null ? null : (
          <span data-loss={now < 0 || undefined}>
            {' · '}
            {before === null || before === now
              ? t('prices.margin', { margin: percent(now) })
              : t('prices.marginChange', { before: percent(before), after: percent(now) })}
          </span>
        )}
      </p>
    </li>
  );
}

/** Who decided what, newest first. */
function Versions({ id }: { id: string }) {
  const { t } = useTranslation('admin');
  const { data } = useQuery(versionsQuery(id));
  if (!data || data.items.length === 0) return null;
  return (
    <details className={classes.versions}>
      <summary>{t('versions.title', { count: data.items.length })}</summary>
      <ol>
        {data.items.map((v) => (
          <li key={v.at}>
            <time dateTime={v.at} title={dateTime(v.at)}>
              {relative(v.at)}
            </time>
            <span>
              {v.username ?? t('versions.gone')}: {t(v.disabled ? 'versions.off' : 'versions.on')},{' '}
              {v.prices
                ? v.prices.map((p) => `${exactCredits(p.credits)} / ${unitText(t, p.unit, p.per)}`).join(', ')
                : t('versions.catalog')}
            </span>
          </li>
        ))}
      </ol>
    </details>
  );
}
