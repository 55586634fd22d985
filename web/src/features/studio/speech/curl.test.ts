import { expect, test } from 'vitest';
import { asCurl } from './curl';

test('quotes in the text survive the shell', () => {
  expect(asCurl({ text: `it's "fine" $HOME`, voiceId: 'v' }, 'http://localhost:8080')).toBe(
    String.raw`curl http://localhost:8080/api/tts/generate \
  -H "Authorization: Bearer $AIMAKE_TOKEN" \
  -H "Content-Type: application/json" \
  -d '{"text":"it'\''s \"fine\" $HOME","voiceId":"v"}'`,
  );
});
