import { api, unwrap } from '@/api/client';
import type { Audio } from '@/api/types';
import type { Track } from '@/shared/player/player';

/** How long a signed link is trusted without asking for a new one. */
const FRESH_MS = 4 * 60_000;

export const fetchAudio = (id: string, signal?: AbortSignal) =>
  unwrap(api.GET('/api/audios/{id}', { params: { path: { id } }, ...(signal ? { signal } : {}) }));

/** A sound of the library for the player. Its link is signed for a short while: an old one is replaced. */
export function audioTrack(
  audio: Pick<Audio, 'id' | 'title' | 'duration' | 'url'>,
  fetchedAt: number,
): Track {
  return {
    id: audio.id,
    title: audio.title,
    seconds: audio.duration,
    source: async (again) =>
      again || Date.now() - fetchedAt > FRESH_MS ? (await fetchAudio(audio.id)).url : audio.url,
  };
}
