import { SegmentedControl, Slider } from '@mantine/core';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import type { SpeechFormat } from '@/api/types';
import classes from './Delivery.module.css';

export const FORMATS = ['mp3', 'wav', 'opus', 'flac', 'aac'] as const satisfies readonly SpeechFormat[];
const LABELS: Record<(typeof FORMATS)[number], string> = {
  mp3: 'MP3',
  wav: 'WAV',
  opus: 'Opus',
  flac: 'FLAC',
  aac: 'AAC',
};

interface Props {
  speed: number;
  onSpeed: (speed: number) => void;
  format: SpeechFormat;
  onFormat: (format: SpeechFormat) => void;
}

export function Delivery({ speed, onSpeed, format, onFormat }: Props) {
  const { t } = useTranslation('speech');
  const speedId = useId();
  return (
    <section className={classes.root}>
      <h2>{t('settings.title')}</h2>
      <div className={classes.field}>
        <span id={speedId}>{t('settings.speed')}</span>
        <output className="tnum">{speed.toFixed(2)}×</output>
      </div>
      <Slider
        value={speed}
        onChange={onSpeed}
        min={0.5}
        max={2}
        step={0.05}
        size={4}
        thumbSize={18}
        label={null}
        marks={[{ value: 1 }]}
        thumbProps={{ 'aria-labelledby': speedId, 'aria-valuetext': `${speed.toFixed(2)}×` }}
      />
      <div className={classes.ends} aria-hidden>
        <span>{t('settings.slower')}</span>
        <span>{t('settings.faster')}</span>
      </div>
      <div className={classes.field}>
        <span>{t('settings.format')}</span>
      </div>
      <SegmentedControl
        fullWidth
        size="sm"
        value={format}
        onChange={(v) => onFormat(v)}
        aria-label={t('settings.format')}
        data={FORMATS.map((value) => ({ value, label: LABELS[value] }))}
      />
    </section>
  );
}
