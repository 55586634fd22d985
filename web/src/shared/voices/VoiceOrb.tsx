import type { CSSProperties } from 'react';
import { voiceHue } from './voices';
import classes from './VoiceOrb.module.css';

/** Every voice has its own light: a small orb made from its hue. */
export function VoiceOrb({ id, active, size = 34 }: { id: string; active?: boolean; size?: number }) {
  return (
    <span
      aria-hidden
      className={classes.orb}
      data-active={active || undefined}
      style={{ '--h': voiceHue(id), width: size, height: size } as CSSProperties}
    />
  );
}
