import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { open } from './client';

interface Options {
  signal: AbortSignal;
  /** Resumes after this event. */
  lastEventId?: string | undefined;
  onEvent: (event: EventSourceMessage) => void;
}

/** Reads one server-sent event stream to its end. EventSource cannot send the bearer header, fetch can. */
export async function readEvents(path: string, { signal, lastEventId, onEvent }: Options): Promise<void> {
  const headers: Record<string, string> = { Accept: 'text/event-stream' };
  if (lastEventId) headers['Last-Event-ID'] = lastEventId;
  const response = await open(path, { headers, signal });
  const parser = createParser({ onEvent });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const step = await reader?.read();
    if (!step || step.done) return;
    parser.feed(step.value);
  }
}
