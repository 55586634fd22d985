import { ActionIcon, Loader, UnstyledButton } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { IconPlayerPauseFilled, IconPlayerPlayFilled } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { clock } from '@/shared/lib/format';
import { barsPath, fitBars } from './bars';
import { player, usePlayer, type Track } from './player';
import classes from './WaveformPlayer.module.css';

const FLAT: readonly number[] = [];
const BAR_PX = 4.5;

interface Props {
  track: Track;
  /** Loudness curve, 0..1; a dotted line stands in until it is known. */
  peaks?: readonly number[] | null | undefined;
  label: string;
  /** Lower, and without a button of its own: it belongs to a row that has one. */
  compact?: boolean;
}

/**
 * The waveform is for the eye and the mouse. Over it lies a native range input, so that the keyboard
 * (arrows, Home, End, Page Up/Down, Space) and screen readers get a real slider.
 */
export function WaveformPlayer({ track, peaks, label, compact }: Props) {
  const { t } = useTranslation();
  const { track: held, playing, waiting, failed, at, total: known, rate } = usePlayer(track.id);
  const { ref, width } = useElementSize<HTMLDivElement>();
  const total = Math.max(known || track.seconds, at);
  const count = Math.max(24, Math.round((width || 540) / BAR_PX));
  const drawing = useMemo(() => barsPath(fitBars(peaks ?? FLAT, count)), [peaks, count]);
  const left = total > 0 ? 100 - (at / total) * 100 : 100;
  const active = held !== null;

  return (
    <div className={classes.root} role="group" aria-label={label} data-compact={compact || undefined}>
      {compact ? null : (
        <ActionIcon
          variant="filled"
          color="jade"
          radius="xl"
          size={40}
          aria-label={t(playing ? 'player.pause' : 'player.play')}
          onClick={() => player.toggle(track)}
        >
          {waiting && active ? (
            <Loader size={16} color="var(--on-accent)" />
          ) : playing ? (
            <IconPlayerPauseFilled size={18} />
          ) : (
            <IconPlayerPlayFilled size={18} />
          )}
        </ActionIcon>
      )}
      <div className={classes.wave} ref={ref}>
        <svg viewBox={`0 0 ${count} 100`} preserveAspectRatio="none" aria-hidden>
          <path d={drawing} />
          <path d={drawing} data-played style={{ clipPath: `inset(0 ${left}% 0 0)` }} />
        </svg>
        <input
          type="range"
          min={0}
          max={total || 1}
          step={0.1}
          value={Math.min(at, total || 1)}
          aria-label={t('player.seek')}
          aria-valuetext={t('player.seekText', { at: clock(at), total: clock(total) })}
          onChange={(e) => player.seek(track, Number(e.currentTarget.value))}
          onKeyDown={(e) => {
            if (e.key !== ' ') return;
            e.preventDefault();
            e.stopPropagation();
            player.toggle(track);
          }}
        />
      </div>
      <span className={`${classes.time} tnum`}>
        {clock(at)} <i>/ {clock(total)}</i>
      </span>
      <UnstyledButton
        className={`${classes.rate} tnum`}
        onClick={() => player.nextRate()}
        aria-label={t('player.rate', { rate })}
      >
        {rate}×
      </UnstyledButton>
      {failed ? (
        <p role="alert" className={classes.failed}>
          {t('player.failed')}
        </p>
      ) : null}
    </div>
  );
}
