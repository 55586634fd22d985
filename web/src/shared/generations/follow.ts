import { api, ApiError, unwrap } from '@/api/client';
import { readEvents } from '@/api/events';
import type { Generation } from '@/api/types';

export type Progress = Partial<Pick<Generation, 'status' | 'progress' | 'stage'>>;

const OVER = new Set<Generation['status']>(['succeeded', 'failed', 'canceled']);
export const isOver = (status: Generation['status'] | undefined) => status !== undefined && OVER.has(status);

interface Options {
  signal: AbortSignal;
  onProgress: (p: Progress) => void;
}

/**
 * Watches one piece of work to its end. A cut event stream is resumed after the last event seen; between two
 * tries the state is asked for directly, so a server without a working stream only makes this slower.
 */
export async function followGeneration(id: string, { signal, onProgress }: Options): Promise<Generation> {
  let lastEventId: string | undefined;
  for (let turn = 0; ; turn++) {
    try {
      await readEvents(`/api/generations/${id}/events`, {
        signal,
        lastEventId,
        onEvent: (e) => {
          lastEventId = e.id ?? lastEventId;
          const seen = parseProgress(e.data);
          if (seen) onProgress(seen);
        },
      });
    } catch (e) {
      if (signal.aborted || (e instanceof ApiError && e.status < 500 && e.status !== 429)) throw e;
    }
    const now = await unwrap(api.GET('/api/generations/{id}', { params: { path: { id } }, signal })).catch(
      (e: unknown) => {
        if (signal.aborted || (e instanceof ApiError && e.status < 500 && e.status !== 429)) throw e;
        return null;
      },
    );
    if (now) {
      onProgress(now);
      if (isOver(now.status)) return now;
    }
    await pause(Math.min(8000, 400 * 2 ** turn), signal);
  }
}

/** Reads what an event tells about the work; anything else (a comment, a newer kind of event) is skipped. */
export function parseProgress(data: string): Progress | null {
  try {
    const v: unknown = JSON.parse(data);
    if (typeof v !== 'object' || v === null) return null;
    const { status, progress, stage } = v as Progress;
    return {
      ...(typeof status === 'string' ? { status } : {}),
      ...(typeof progress === 'number' ? { progress } : {}),
      ...(typeof stage === 'string' ? { stage } : {}),
    };
  } catch {
    return null;
  }
}

const pause = (ms: number, signal: AbortSignal) =>
  new Promise<void>((done, stop) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      stop(new DOMException('Aborted', 'AbortError'));
    });
  });
