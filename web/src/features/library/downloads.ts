import { open } from '@/api/client';
import type { Audio } from '@/api/types';
import { fetchAudio } from '@/shared/generations/source';
import { fileName, saveBlob, saveLink } from '@/shared/lib/save';
import { faultText } from '@/shared/ui/faultText';
import { toast } from '@/shared/ui/toast';

/** The file itself, by a link signed just now. */
export async function downloadAudio(id: string) {
  await telling(async () => {
    const audio = await fetchAudio(id);
    saveLink(audio.url, fileName(audio.title, audio.format));
  });
}

export async function downloadCaptions(audio: Audio, kind: 'srt' | 'vtt') {
  await telling(async () => {
    const response = await open(`/api/audios/${audio.id}/captions.${kind}`);
    saveBlob(await response.blob(), fileName(audio.title, kind));
  });
}

async function telling(work: () => Promise<void>) {
  try {
    await work();
  } catch (e) {
    toast({ message: faultText(e), tone: 'error' });
  }
}
