/** Work that came to its end while its page may no longer be open. */
export interface Finished {
  title: string;
  outcome: 'succeeded' | 'failed' | 'canceled';
}

const listeners = new Set<(f: Finished) => void>();

export function tellFinished(f: Finished) {
  for (const l of listeners) l(f);
}

export function onFinished(listener: (f: Finished) => void) {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
