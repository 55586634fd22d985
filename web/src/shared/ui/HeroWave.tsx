import { useMemo } from 'react';
import classes from './HeroWave.module.css';

/** A drawing with the rhythm of speech: phrases made of syllables, partly played. */
export function HeroWave({ bars, played }: { bars: number; played: number }) {
  const shapes = useMemo(
    () =>
      Array.from({ length: bars }, (_, i) => {
        const phrase = Math.abs(Math.sin(i * 0.21)) ** 0.6;
        const syllable = 0.45 + 0.55 * Math.abs(Math.sin(i * 1.7 + 0.4) * Math.cos(i * 0.63));
        return { x: i * 10 + 3, h: Math.max(0.06, phrase * syllable) };
      }),
    [bars],
  );
  return (
    <svg className={classes.wave} viewBox={`0 0 ${bars * 10} 120`} preserveAspectRatio="none" aria-hidden>
      {shapes.map(({ x, h }, i) => (
        <rect
          key={x}
          x={x}
          y={60 - h * 56}
          width="4"
          height={h * 112}
          rx="2"
          data-played={i < played || undefined}
        />
      ))}
    </svg>
  );
}
