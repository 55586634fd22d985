// The one loudspeaker of the app: one audio element, so two things never play at once and the sound goes
// on while the reader moves between pages.
import { useSyncExternalStore } from 'react';

export interface Track {
  /** Names the sound; the player of the same id shows its state. */
  id: string;
  title: string;
  /** Known or estimated length, shown until the browser knows better. */
  seconds: number;
  /** A link to play. Links are signed for a short while, so it is asked for again when one is refused. */
  source: (again: boolean) => Promise<string>;
}

export interface PlayerState {
  track: Track | null;
  playing: boolean;
  waiting: boolean;
  failed: boolean;
  at: number;
  total: number;
  rate: number;
}

export const RATES = [1, 1.25, 1.5, 2, 0.75] as const;
const IDLE: PlayerState = {
  track: null,
  playing: false,
  waiting: false,
  failed: false,
  at: 0,
  total: 0,
  rate: 1,
};

let state = IDLE;
let retried = false;
let element: HTMLAudioElement | null = null;
const listeners = new Set<() => void>();

function set(part: Partial<PlayerState>) {
  state = { ...state, ...part };
  for (const l of listeners) l();
}

function audio(): HTMLAudioElement {
  if (element) return element;
  const a = new Audio();
  a.preload = 'metadata';
  a.addEventListener('play', () => set({ playing: true, failed: false }));
  a.addEventListener('pause', () => set({ playing: false }));
  a.addEventListener('ended', () => set({ playing: false, at: a.duration }));
  a.addEventListener('waiting', () => set({ waiting: true }));
  a.addEventListener('playing', () => set({ waiting: false }));
  a.addEventListener('timeupdate', () => set({ at: a.currentTime }));
  a.addEventListener('durationchange', () => {
    if (Number.isFinite(a.duration) && a.duration > 0) set({ total: a.duration });
  });
  a.addEventListener('ratechange', () => set({ rate: a.playbackRate }));
  a.addEventListener('error', () => void recover());
  element = a;
  return a;
}

/** A link may have run out while the page lay open: fetch a new one and go on from the same spot. */
async function recover() {
  const { track, at } = state;
  if (!track || retried || !element?.src) return set({ playing: false, waiting: false, failed: true });
  retried = true;
  await load(track, true, at);
}

async function load(track: Track, again: boolean, from: number) {
  const a = audio();
  set({ waiting: true });
  try {
    const url = await track.source(again);
    if (state.track?.id !== track.id) return;
    const { rate } = state;
    a.src = url;
    a.playbackRate = rate;
    if (from > 0) a.currentTime = from;
    await a.play();
    retried = false;
  } catch (e) {
    // a newer choice interrupts an older play(): not a failure
    if (e instanceof DOMException && e.name === 'AbortError') return;
    if (state.track?.id === track.id) set({ playing: false, waiting: false, failed: true });
  }
}

export const player = {
  /** Plays a track from the start, or pauses and resumes the one at hand. */
  toggle(track: Track) {
    if (state.track?.id === track.id && !state.failed && element?.src) {
      const a = audio();
      if (a.paused) void a.play().catch(() => recover());
      else a.pause();
      return;
    }
    player.play(track);
  },
  play(track: Track, from = 0) {
    retried = false;
    state = { ...IDLE, rate: state.rate, track, total: track.seconds, at: from };
    set({});
    void load(track, false, from);
    announce(track);
  },
  seek(track: Track, to: number) {
    if (state.track?.id !== track.id) return player.play(track, to);
    audio().currentTime = to;
    set({ at: to });
  },
  nextRate() {
    const next = RATES[(RATES.findIndex((r) => r === state.rate) + 1) % RATES.length] ?? 1;
    if (element) element.playbackRate = next;
    set({ rate: next });
  },
  pause() {
    element?.pause();
  },
  /** Forgets the track (its file was deleted, its owner signed out). */
  drop(id?: string) {
    if (id && state.track?.id !== id) return;
    element?.pause();
    element?.removeAttribute('src');
    state = { ...IDLE, rate: state.rate };
    set({});
  },
  /** Whether the given track is at the loudspeaker now. */
  holds: (id: string) => state.track?.id === id,
};

/** Names the sound to the system's own media keys and lock screen. */
function announce(track: Track) {
  const session = navigator.mediaSession as MediaSession | undefined;
  if (!session || typeof MediaMetadata === 'undefined') return;
  session.metadata = new MediaMetadata({ title: track.title, artist: 'AIMake' });
}

const subscribe = (l: () => void) => {
  listeners.add(l);
  return () => void listeners.delete(l);
};

/** State of the track with this id; idle while something else plays. */
export function usePlayer(id: string): PlayerState {
  return useSyncExternalStore(subscribe, () => (state.track?.id === id ? state : IDLE));
}
