// The takes of this studio: each generation with its text, voice and settings. They live outside the page,
// so leaving it stops nothing, and on this device, so a reload finds a long job where it was.
import { useSyncExternalStore } from 'react';
import { api, open, unwrap } from '@/api/client';
import { createIntent } from '@/api/idempotency';
import { onSessionEnd } from '@/api/session';
import type { Audio, Generation, SpeechRequest } from '@/api/types';
import { fetchAudio, audioTrack } from '@/shared/generations/source';
import { tellFinished } from '@/shared/generations/finished';
import { followGeneration } from '@/shared/generations/follow';
import { estimateSeconds } from '@/shared/lib/format';
import { player, type Track } from '@/shared/player/player';
import { liveMime, pour, type Live } from './live';

/** Longer texts are not streamed: they run as a job that may take minutes and survives a closed tab. */
export const STREAM_LIMIT = 5000;
const KEPT = 20;
const KEPT_TEXT = 400_000;
const STORE = 'aimake.takes';

export interface Take {
  key: string;
  request: SpeechRequest;
  voiceName: string;
  status: Generation['status'] | 'starting';
  progress: number;
  /** Audio is arriving and can be heard before the file exists. */
  live: boolean;
  generationId?: string | undefined;
  audio?: Audio | undefined;
  /** When the audio's signed link was handed out. */
  fetchedAt: number;
  error?: string | undefined;
}

interface State {
  owner: string | null;
  takes: readonly Take[];
  /** Why the last attempt was refused, until the next one. */
  problem: unknown;
}

let state: State = { owner: null, takes: [], problem: null };
const listeners = new Set<() => void>();
const running = new Map<string, { abort: AbortController; live?: Live }>();
const finished = new Set<(take: Take) => void>();
const intent = createIntent();

function set(part: Partial<State>) {
  state = { ...state, ...part };
  for (const l of listeners) l();
}

function patch(key: string, part: Partial<Take>) {
  set({ takes: state.takes.map((t) => (t.key === key ? { ...t, ...part } : t)) });
}

const find = (key: string) => state.takes.find((t) => t.key === key);
export const isActive = (t: Take) =>
  t.status === 'starting' || t.status === 'queued' || t.status === 'running';

export const takesStore = {
  /** Brings back what this user left here, and takes up the jobs that were still running. */
  restore(owner: string) {
    if (state.owner === owner) return;
    set({ owner, takes: readKept(owner), problem: null });
    for (const t of state.takes) {
      if (isActive(t) && t.generationId) void watch(t.key, t.generationId);
    }
  },

  async generate(request: SpeechRequest, voiceName: string) {
    const key = intent.keyFor(request);
    const take: Take = {
      key,
      request,
      voiceName,
      status: 'starting',
      progress: 0,
      live: false,
      fetchedAt: 0,
    };
    set({ takes: [take, ...state.takes], problem: null });
    const abort = new AbortController();
    running.set(key, { abort });
    const mime = request.text.length <= STREAM_LIMIT ? liveMime(request.format ?? 'mp3') : null;
    try {
      const id = mime ? await startStream(key, request, mime, abort) : await startJob(key, request, abort);
      intent.ended();
      patch(key, { generationId: id, status: 'queued' });
      keep();
      await watch(key, id);
    } catch (e) {
      running.delete(key);
      intent.ended(abort.signal.aborted ? undefined : e);
      if (abort.signal.aborted) return;
      // refused before anything began: the take disappears with its reason
      if (!find(key)?.generationId) set({ takes: state.takes.filter((t) => t.key !== key), problem: e });
    }
  },

  /** Stops the work. What was not made is not charged. */
  async cancel(key: string) {
    const id = find(key)?.generationId;
    if (player.holds(key)) player.drop(key);
    if (id) await unwrap(api.POST('/api/generations/{id}/cancel', { params: { path: { id } } }));
    else running.get(key)?.abort.abort();
    patch(key, { status: 'canceled', live: false });
    keep();
  },

  /** Takes it off the list; the file itself is the library's business. Returns what puts it back. */
  remove(key: string): () => void {
    const before = state.takes;
    if (player.holds(key)) player.drop(key);
    set({ takes: state.takes.filter((t) => t.key !== key) });
    keep();
    return () => {
      const gone = before.find((t) => t.key === key);
      if (!gone || find(key)) return;
      const order = before.map((t) => t.key);
      set({ takes: [...state.takes, gone].sort((a, b) => order.indexOf(a.key) - order.indexOf(b.key)) });
      keep();
    };
  },

  /** The request it was said of has changed. */
  clearProblem() {
    if (state.problem) set({ problem: null });
  },
  onFinished(listener: (take: Take) => void) {
    finished.add(listener);
    return () => void finished.delete(listener);
  },
};

const titleOf = (t: Take) => t.audio?.title ?? t.request.text.slice(0, 60);

/** The sound of a take: what is arriving now, or else the finished file. */
export function takeTrack(take: Take): Track {
  const known = take.audio ? audioTrack(take.audio, take.fetchedAt) : null;
  return {
    id: take.key,
    title: titleOf(take),
    seconds: known?.seconds ?? estimateSeconds(take.request.text, take.request.speed),
    source: async (again) => {
      const live = running.get(take.key)?.live;
      if (live && !again) return live.url;
      return known ? known.source(again) : audioTrack(await whenFinished(take.key), Date.now()).source(false);
    },
  };
}

function whenFinished(key: string): Promise<Audio> {
  const ready = find(key)?.audio;
  if (ready) return Promise.resolve(ready);
  return new Promise((done) => {
    const off = takesStore.onFinished((t) => {
      if (t.key !== key || !t.audio) return;
      off();
      done(t.audio);
    });
  });
}

/** Opens the audio stream, starts playing it, and answers the id of the work behind it. */
async function startStream(key: string, request: SpeechRequest, mime: string, abort: AbortController) {
  const response = await open('/api/tts/stream', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Idempotency-Key': key },
    body: JSON.stringify(request),
    signal: abort.signal,
  });
  const id = response.headers.get('X-AIMake-Generation-Id');
  if (!response.body || !id) throw new Error('The stream has no body');
  const live = pour(response.body, mime);
  // a cut stream is no failure of the work: the watcher tells how it ended
  live.done.catch(() => undefined);
  running.set(key, { abort, live });
  patch(key, { live: true });
  const take = find(key);
  if (take) player.play(takeTrack(take));
  return id;
}

async function startJob(key: string, body: SpeechRequest, abort: AbortController) {
  const accepted = await unwrap(
    api.POST('/api/tts/generate', {
      params: { header: { 'Idempotency-Key': key, Prefer: 'respond-async' } },
      body,
      signal: abort.signal,
    }),
  );
  return accepted.generationId;
}

/** Follows the work to its end and turns the take into what became of it. */
async function watch(key: string, id: string) {
  const abort = running.get(key)?.abort ?? new AbortController();
  if (!running.has(key)) running.set(key, { abort });
  try {
    const end = await followGeneration(id, {
      signal: abort.signal,
      onProgress: ({ status, progress }) => {
        const before = find(key);
        if (!before || !isActive(before)) return;
        patch(key, {
          ...(status && status !== 'succeeded' ? { status } : {}),
          ...(progress === undefined ? {} : { progress: Math.max(before.progress, progress) }),
        });
      },
    });
    const asset = end.assets[0];
    const audio = end.status === 'succeeded' && asset ? await fetchAudio(asset.id) : undefined;
    patch(key, {
      status: end.status,
      progress: 1,
      live: false,
      audio,
      fetchedAt: Date.now(),
      error: end.error?.message,
    });
  } catch (e) {
    if (!abort.signal.aborted) {
      patch(key, { status: 'failed', live: false, error: e instanceof Error ? e.message : String(e) });
    }
  }
  keep();
  const take = find(key);
  if (!take) return;
  for (const l of finished) l(take);
  const outcome = take.status === 'succeeded' || take.status === 'canceled' ? take.status : 'failed';
  tellFinished({ title: titleOf(take), outcome });
}

function keep() {
  if (!state.owner) return;
  let room = KEPT_TEXT;
  const kept = state.takes.slice(0, KEPT).filter((t) => (room -= t.request.text.length) >= 0);
  try {
    localStorage.setItem(STORE, JSON.stringify({ owner: state.owner, takes: kept }));
  } catch {
    // no room on this device: the files are in the library all the same
  }
}

function readKept(owner: string): Take[] {
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by keep()
    const kept = JSON.parse(localStorage.getItem(STORE) ?? 'null') as { owner: string; takes: Take[] } | null;
    if (kept?.owner !== owner) return [];
    // a start that never got its answer cannot be followed; the library has it if it happened
    return kept.takes
      .filter((t) => !isActive(t) || t.generationId)
      .map((t) => ({ ...t, live: false, fetchedAt: 0 }));
  } catch {
    return [];
  }
}

onSessionEnd((why) => {
  for (const { abort } of running.values()) abort.abort();
  running.clear();
  set({ owner: null, takes: [], problem: null });
  if (why === 'signedOut') localStorage.removeItem(STORE);
});

const subscribe = (l: () => void) => {
  listeners.add(l);
  return () => void listeners.delete(l);
};
export const useTakes = () => useSyncExternalStore(subscribe, () => state);
