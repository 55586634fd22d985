// OpenAI's description of its API judges both ends: the requests our adapter makes (AIMake.Tests makes sure that these are the
// ones), and the answers of the simulator.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { eventFaults, faults, members, missing } from './specs.mjs';
import { startSimulator } from './simulator.mjs';

let simulator;
before(async () => (simulator = await startSimulator()));
after(() => simulator.stop());

const call = async (path, body, method = 'POST') => {
  const form = body instanceof FormData;
  const answer = await fetch(`${simulator.address}/v1${path}`, {
    method,
    headers: { Authorization: 'Bearer sk-spec', ...(form || !body ? {} : { 'Content-Type': 'application/json' }) },
    body: form || !body ? body : JSON.stringify(body),
  });
  return answer;
};
const json = async (...given) => (await call(...given)).json();
const events = async (...given) =>
  (await (await call(...given)).text())
    .split(/\r?\n\r?\n/)
    .map((event) => /^data: (.*)$/m.exec(event)?.[1])
    .filter((data) => data && data !== '[DONE]')
    .map((data) => JSON.parse(data));
const right = (schema, value) => assert.deepEqual(faults(schema, value), [], `${schema}: ${JSON.stringify(value).slice(0, 500)}`);
const rightEvent = (schema, event) => assert.deepEqual(eventFaults(schema, event), [], JSON.stringify(event).slice(0, 500));

describe('requests of our adapter', { skip: missing }, () => {
  for (const { name, schema, body } of JSON.parse(readFileSync(new URL('openai-requests.json', import.meta.url), 'utf8')))
    test(`${name} is what ${schema} says, and nothing it does not know`, () => {
      right(schema, body);
      const known = members(schema);
      assert.deepEqual(Object.keys(body).filter((member) => !known.has(member)), []);
    });

  test('a mistake would be seen', () => {
    assert.notDeepEqual(faults('CreateSpeechRequest', { model: 'tts-1', input: 'x', voice: 'alloy', speed: 9 }), []);
    assert.notDeepEqual(faults('CreateChatCompletionRequest', { model: 'gpt-4o', messages: [{ role: 'king', content: 'x' }] }), []);
  });
});

describe('answers of the simulator', { skip: missing }, () => {
  const messages = [{ role: 'user', content: 'Hi' }];
  const tools = [{ type: 'function', function: { name: 'f', parameters: { type: 'object', properties: { city: { type: 'string' } } } } }];

  test('models and errors', async () => {
    right('ListModelsResponse', await json('/models', undefined, 'GET'));
    right('ErrorResponse', await json('/models/nope', undefined, 'GET'));
    right('ErrorResponse', await json('/chat/completions', {}));
  });

  for (const [name, more] of Object.entries({ words: {}, tools: { tools } })) {
    test(`a chat of ${name}, whole and streamed`, async () => {
      right('CreateChatCompletionResponse', await json('/chat/completions', { model: 'gpt-4o', messages, ...more }));
      for (const chunk of await events('/chat/completions', { model: 'gpt-4o', messages, ...more, stream: true, stream_options: { include_usage: true } }))
        right('CreateChatCompletionStreamResponse', chunk);
    });

    test(`a response of ${name}, whole and streamed`, async () => {
      const body = { model: 'gpt-4o', input: 'Hi', tools: more.tools?.map((tool) => ({ type: 'function', strict: null, ...tool.function })) };
      right('Response', await json('/responses', body));
      for (const event of await events('/responses', { ...body, stream: true })) rightEvent('ResponseStreamEvent', event);
    });
  }

  test('embeddings', async () => right('CreateEmbeddingResponse', await json('/embeddings', { model: 'text-embedding-3-small', input: 'Hi', dimensions: 8 })));

  test('pictures, whole and streamed', async () => {
    const body = { model: 'gpt-image-2', prompt: 'a fox', size: '1024x1024', quality: 'low' };
    right('ImagesResponse', await json('/images/generations', body));
    for (const event of await events('/images/generations', { ...body, stream: true, partial_images: 1 })) rightEvent('ImageGenStreamEvent', event);
  });

  test('transcripts of every kind', async () => {
    const sound = await (await call('/audio/speech', { model: 'tts-1', voice: 'alloy', input: 'Good morning.', response_format: 'wav' })).blob();
    const form = (fields) => {
      const made = new FormData();
      made.set('file', sound, 'a.wav');
      for (const [name, value] of Object.entries(fields)) made.set(name, value);
      return made;
    };
    right('CreateTranscriptionResponseJson', await json('/audio/transcriptions', form({ model: 'whisper-1' })));
    right('CreateTranscriptionResponseVerboseJson', await json('/audio/transcriptions', form({ model: 'whisper-1', response_format: 'verbose_json' })));
    for (const event of await events('/audio/transcriptions', form({ model: 'gpt-4o-transcribe', stream: 'true' }))) rightEvent('CreateTranscriptionResponseStreamEvent', event);
  });
});
