import { open } from '@/api/client';
import type { Audio } from '@/api/types';
import { fetchAudio } from '@/shared/generations/source';
import { fileName, saveBlob, saveLink } from '@/shared/lib/save';
import { faultText } from '@/shared/ui/faultText';
import { toast } from '@/shared/ui/toast';

const EXTENSIONS: Record<string, string> = {
  'audio/mpeg': 'mp3',
  'audio/wav': 'wav',
  'audio/x-wav': 'wav',
  'audio/ogg': 'opus',
  'audio/opus': 'opus',
  'audio/flac': 'flac',
  'audio/aac': 'aac',
};

export const extensionOf = (audio: Pick<Audio, 'format' | 'mimeType'>) =>
  audio.format ?? EXTENSIONS[audio.mimeType.split(';')[0] ?? ''] ?? 'bin';

/** The file itself, by a link signed just now. */
export async function downloadAudio(id: string) {
  await telling(async () => {
    const audio = await fetchAudio(id);
    saveLink(audio.url, fileName(audio.title, extensionOf(audio)));
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
