import type { SpeechFormat } from '@/api/types';

const MIME: Partial<Record<SpeechFormat, string>> = { mp3: 'audio/mpeg', aac: 'audio/aac' };

/** The type to play while it still arrives, or null where this browser has to wait for the whole file. */
export function liveMime(format: SpeechFormat): string | null {
  const mime = MIME[format];
  if (!mime || typeof MediaSource === 'undefined') return null;
  return MediaSource.isTypeSupported(mime) ? mime : null;
}

export interface Live {
  /** A link for the audio element. */
  url: string;
  /** Ends with the last byte; fails when the stream is cut. */
  done: Promise<void>;
  close: () => void;
}

/**
 * Pours an audio stream into a link the player can start at once. The network is read at its own pace,
 * whether or not the player has opened the link yet, so that the server is never held up by a paused player.
 */
export function pour(body: ReadableStream<Uint8Array<ArrayBuffer>>, mime: string): Live {
  const source = new MediaSource();
  const url = URL.createObjectURL(source);
  const waiting: Uint8Array<ArrayBuffer>[] = [];
  let buffer: SourceBuffer | null = null;
  let ended: 'no' | 'whole' | 'cut' = 'no';

  const feed = () => {
    if (!buffer || buffer.updating || source.readyState !== 'open') return;
    const next = waiting.shift();
    if (next) buffer.appendBuffer(next);
    else if (ended !== 'no') source.endOfStream(ended === 'cut' ? 'network' : undefined);
  };
  source.addEventListener(
    'sourceopen',
    () => {
      buffer = source.addSourceBuffer(mime);
      buffer.addEventListener('updateend', feed);
      feed();
    },
    { once: true },
  );

  const reader = body.getReader();
  const read = async () => {
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        waiting.push(value);
        feed();
      }
      ended = 'whole';
    } catch (e) {
      ended = 'cut';
      throw e;
    } finally {
      feed();
    }
  };
  return { url, done: read(), close: () => URL.revokeObjectURL(url) };
}
