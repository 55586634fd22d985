import type { SpeechRequest } from '@/api/types';

/** The same take from a shell. The key stays a placeholder: secrets do not belong on the clipboard. */
export function asCurl(request: SpeechRequest, origin: string): string {
  const body = JSON.stringify(request).replaceAll("'", String.raw`'\''`);
  return [
    `curl ${origin}/api/tts/generate`,
    '-H "Authorization: Bearer $AIMAKE_TOKEN"',
    '-H "Content-Type: application/json"',
    `-d '${body}'`,
  ].join(' \\\n  ');
}
