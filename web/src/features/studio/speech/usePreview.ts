import { useEffect, useState } from 'react';
import { player } from '@/shared/player/player';

interface Preview {
  id: string;
  url: string;
}

/** One preview at a time; choosing another, or leaving the page, stops it. */
export function usePreview() {
  const [current, setCurrent] = useState<Preview | null>(null);
  useEffect(() => {
    if (!current) return;
    player.pause();
    const audio = new Audio(current.url);
    const done = () => setCurrent(null);
    audio.addEventListener('ended', done, { once: true });
    audio.addEventListener('error', done, { once: true });
    audio.play().catch(done);
    return () => audio.pause();
  }, [current]);

  return {
    playing: current?.id,
    toggle: (id: string, url: string) => setCurrent((c) => (c?.id === id ? null : { id, url })),
  };
}
