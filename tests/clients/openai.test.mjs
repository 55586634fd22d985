// The official OpenAI client believes it talks to OpenAI: chats, responses, embeddings, transcripts, pictures.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import OpenAI, { AzureOpenAI, toFile } from 'openai';
import { all, weather } from './asks.mjs';
import { startSimulator } from './simulator.mjs';

let simulator;
const key = 'sk-client-test';
const client = (options = {}) => new OpenAI({ apiKey: key, baseURL: `${simulator.address}/v1`, maxRetries: 0, ...options });
const ask = (text, more = {}) => ({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: text }], ...more });

before(async () => {
  simulator = await startSimulator();
});
after(async () => {
  assert.equal(await simulator.stop(), 0);
});
beforeEach(() => simulator.reset());

describe('chat', () => {
  test('answers in words and counts its tokens', async () => {
    const { data: answer, response } = await client().chat.completions.create(ask('Good morning')).withResponse();
    assert.match(answer.choices[0].message.content, /^You said: Good morning/);
    assert.equal(answer.choices[0].finish_reason, 'stop');
    assert.equal(answer.model, 'gpt-4o-mini-2024-07-18');
    assert.equal(answer.usage.total_tokens, answer.usage.prompt_tokens + answer.usage.completion_tokens);
    assert.equal(answer.usage.prompt_tokens_details.cached_tokens, 0);
    assert.match(response.headers.get('x-request-id'), /^req_/);
    assert.equal(response.headers.get('x-ratelimit-remaining-tokens'), '149999992');
  });

  test('streams the same words, with usage in a chunk of its own only when asked for', async () => {
    const whole = await client().chat.completions.create(ask('你好 🎉'));
    const plain = await all(await client().chat.completions.create(ask('你好 🎉', { stream: true })));
    const counted = await all(await client().chat.completions.create(ask('你好 🎉', { stream: true, stream_options: { include_usage: true } })));
    for (const chunks of [plain, counted])
      assert.equal(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join(''), whole.choices[0].message.content);
    assert.ok(plain.every((chunk) => !('usage' in chunk)));
    assert.deepEqual(counted.at(-1).choices, []);
    assert.deepEqual(counted.at(-1).usage, whole.usage);
    assert.ok(counted.slice(0, -1).every((chunk) => chunk.usage === null));
    assert.equal(counted.at(-2).choices[0].finish_reason, 'stop');
  });

  test('pads its chunks unless told not to', async () => {
    const padded = await all(await client().chat.completions.create(ask('Hi', { stream: true })));
    const bare = await all(await client().chat.completions.create(ask('Hi', { stream: true, stream_options: { include_obfuscation: false } })));
    assert.ok(padded.every((chunk) => typeof chunk.obfuscation === 'string'));
    assert.ok(bare.every((chunk) => !('obfuscation' in chunk)));
  });

  test('calls a tool, in one piece and in pieces cut in the middle of an escape', async () => {
    const whole = await client().chat.completions.create(ask('Weather?', { tools: [weather] }));
    const [call] = whole.choices[0].message.tool_calls;
    assert.equal(call.function.name, 'weather');
    assert.deepEqual(JSON.parse(call.function.arguments), { city: 'São "Paulo" \\ 北京', days: 42 });
    assert.equal(whole.choices[0].finish_reason, 'tool_calls');

    const chunks = await all(await client().chat.completions.create(ask('Weather?', { tools: [weather], stream: true })));
    const pieces = chunks.flatMap((chunk) => chunk.choices[0]?.delta.tool_calls ?? []);
    assert.ok(pieces.some((piece) => piece.function.arguments.endsWith('\\')));
    assert.equal(pieces.map((piece) => piece.function.arguments).join(''), call.function.arguments);
    assert.deepEqual(pieces.map((piece) => piece.id).filter(Boolean).length, 1);
  });

  test('hears what a tool says, through the client’s own loop', async () => {
    const runner = client().chat.completions.runTools({
      ...ask('Weather?'),
      tools: [{ type: 'function', function: { ...weather.function, parse: JSON.parse, function: ({ city }) => `sunny in ${city}` } }],
    });
    assert.match(await runner.finalContent(), /The tool says: sunny in São/);
  });

  test('keeps to a limit, a stop, a number of choices and a schema', async () => {
    const short = await client().chat.completions.create(ask('a long story', { max_completion_tokens: 3 }));
    assert.equal(short.choices[0].finish_reason, 'length');
    assert.equal(short.usage.completion_tokens, 3);
    const stopped = await client().chat.completions.create(ask('one two', { stop: ' two' }));
    assert.equal(stopped.choices[0].message.content, 'You said: one');
    const three = await client().chat.completions.create(ask('Hi', { n: 3 }));
    assert.deepEqual(three.choices.map(({ index }) => index), [0, 1, 2]);
    const json = await client().chat.completions.create(
      ask('Hi', { response_format: { type: 'json_schema', json_schema: { name: 'x', schema: weather.function.parameters } } }),
    );
    assert.equal(JSON.parse(json.choices[0].message.content).days, 42);
  });

  for (const [usage, check] of Object.entries({
    early: (chunks) => chunks.at(-1).usage === null && chunks.at(-2).usage?.total_tokens > 0,
    twice: (chunks) => chunks.filter((chunk) => chunk.usage).length === 2,
    every: (chunks) => chunks.every((chunk) => chunk.usage),
    finish: (chunks) => chunks.at(-1).choices[0].finish_reason === 'stop' && chunks.at(-1).usage,
    none: (chunks) => chunks.every((chunk) => !chunk.usage),
    negative: (chunks) => chunks.at(-1).usage.total_tokens === -2,
    huge: (chunks) => chunks.at(-1).usage.completion_tokens === 1e18,
  }))
    test(`usage can be ${usage}`, async () => {
      await simulator.faults({ usage });
      const chunks = await all(await client().chat.completions.create(ask('Hi', { stream: true, stream_options: { include_usage: true } })));
      assert.ok(check(chunks), JSON.stringify(chunks));
    });

  test('a chunk without choices, heartbeats, CR LF and single bytes are all taken', async () => {
    await simulator.faults({ chunkWithoutChoices: true, pingEvents: true, crlf: true, sliceBytes: 1 });
    const chunks = await all(await client().chat.completions.create(ask('你好 🎉', { stream: true })));
    assert.ok(chunks.some((chunk) => !chunk.choices));
    assert.match(chunks.map((chunk) => chunk.choices?.[0]?.delta.content ?? '').join(''), /你好 🎉/);
  });

  for (const [what, setting] of Object.entries({
    'a failure told in the middle': { errorAfterEvents: 3 },
    'a connection closed in the middle': { cutAfterEvents: 3 },
    'a connection reset in the middle': { cutAfterEvents: 3, cutHow: 'rst' },
    'an event that stops half way': { cutAfterEvents: 3, cutHow: 'half' },
  }))
    test(`${what} is an error while reading`, async () => {
      await simulator.faults(setting);
      const stream = await client().chat.completions.create(ask('Hi', { stream: true }));
      await assert.rejects(all(stream));
    });

  test('what is wrong is refused by name', async () => {
    for (const [body, type, param] of [
      [ask('Hi', { model: 'nope' }), OpenAI.NotFoundError, 'model'],
      [{ model: 'gpt-4o-mini', messages: [] }, OpenAI.BadRequestError, 'messages'],
      [{ model: 'gpt-4o-mini', messages: [{ role: 'king', content: 'Hi' }] }, OpenAI.BadRequestError, 'messages[0].role'],
      [ask('Hi', { temperature: 3 }), OpenAI.BadRequestError, 'temperature'],
    ])
      await assert.rejects(client().chat.completions.create(body), (e) => e instanceof type && e.param === param);
  });

  test('five keys each have a fate of their own, and the book tells them apart', async () => {
    await simulator.faults([
      { key: 'sk-1', throttle: { retryAfter: 7 } },
      { key: 'sk-2', failStatus: 429, failCode: 'insufficient_quota' },
      { key: 'sk-3', failStatus: 401 },
      { key: 'sk-4', failStatus: 503 },
    ]);
    const fate = async (apiKey) => client({ apiKey }).chat.completions.create(ask('Hi')).then(() => 200, (e) => e.status);
    assert.deepEqual(await Promise.all(['sk-1', 'sk-2', 'sk-3', 'sk-4', 'sk-5'].map(fate)), [429, 429, 401, 503, 200]);
    assert.deepEqual((await simulator.book()).map((call) => [call.key, call.status]).sort(), [['sk-1', 429], ['sk-2', 429], ['sk-3', 401], ['sk-4', 503], ['sk-5', 200]]);
  });
});

describe('responses', () => {
  test('answer in words, and in events that are numbered and end without [DONE]', async () => {
    const whole = await client().responses.create({ model: 'gpt-4o-mini', input: 'Good morning' });
    assert.match(whole.output_text, /^You said: Good morning/);
    const { data: stream, response } = await client().responses.create({ model: 'gpt-4o-mini', input: 'Good morning', stream: true }).withResponse();
    const events = await all(stream);
    assert.match(response.headers.get('content-type'), /^text\/event-stream/);
    assert.deepEqual(events.map((event) => event.sequence_number), events.map((_, i) => i));
    assert.deepEqual(events.slice(0, 4).map((event) => event.type), ['response.created', 'response.in_progress', 'response.output_item.added', 'response.content_part.added']);
    assert.equal(events.filter((event) => event.type === 'response.output_text.delta').map((event) => event.delta).join(''), whole.output_text);
    assert.equal(events.at(-1).type, 'response.completed');
    assert.deepEqual(events.at(-1).response.usage, whole.usage);
    assert.ok(events.slice(0, -1).every((event) => !event.response?.usage));
    const raw = await fetch(`${simulator.address}/v1/responses`, { method: 'POST', headers: { Authorization: `Bearer ${key}` }, body: JSON.stringify({ model: 'gpt-4o', input: 'Hi', stream: true }) });
    assert.doesNotMatch(await raw.text(), /\[DONE\]/);
  });

  test('call tools, are cut by a limit, and are kept until deleted', async () => {
    const tools = [{ type: 'function', name: 'weather', strict: false, parameters: weather.function.parameters }];
    const called = await client().responses.create({ model: 'gpt-4o', input: 'Weather?', tools });
    assert.equal(JSON.parse(called.output[0].arguments).days, 42);
    const events = await all(await client().responses.create({ model: 'gpt-4o', input: 'Weather?', tools, stream: true }));
    assert.equal(events.find((event) => event.type === 'response.function_call_arguments.done').arguments, called.output[0].arguments);
    const cut = await client().responses.create({ model: 'gpt-4o', input: 'Hi', max_output_tokens: 2 });
    assert.deepEqual([cut.status, cut.incomplete_details.reason], ['incomplete', 'max_output_tokens']);
    assert.equal((await client().responses.retrieve(called.id)).id, called.id);
    await client().responses.delete(called.id);
    await assert.rejects(client().responses.retrieve(called.id), (e) => e instanceof OpenAI.NotFoundError && e.code === null);
  });

  test('a failure in the middle is thrown', async () => {
    await simulator.faults({ errorAfterEvents: 4 });
    await assert.rejects(async () => all(await client().responses.create({ model: 'gpt-4o', input: 'Hi', stream: true })), OpenAI.APIError);
  });
});

describe('embeddings', () => {
  test('are vectors of unit length, the same in numbers and in base64', async () => {
    const create = (more) => client().embeddings.create({ model: 'text-embedding-3-small', input: ['one', 'two'], ...more });
    const floats = await create({ encoding_format: 'float' });
    const packed = await create();
    assert.equal(floats.data[0].embedding.length, 1536);
    assert.ok(Math.abs(Math.hypot(...floats.data[0].embedding) - 1) < 1e-4);
    packed.data.forEach(({ embedding }, i) => embedding.forEach((x, j) => assert.ok(Math.abs(x - floats.data[i].embedding[j]) < 1e-6)));
    assert.notDeepEqual(floats.data[0].embedding, floats.data[1].embedding);
    assert.equal((await create({ dimensions: 456 })).data[1].embedding.length, 456);
    assert.equal(floats.usage.prompt_tokens, 2);
    await assert.rejects(create({ dimensions: -42 }), (e) => e.status === 400 && e.code === null && e.param === null);
    await assert.rejects(create({ input: [] }), (e) => e.param === 'input');
  });
});

describe('transcription', () => {
  const say = async (input, response_format = 'mp3') =>
    toFile(Buffer.from(await (await client().audio.speech.create({ model: 'tts-1', voice: 'alloy', input, response_format })).arrayBuffer()), `said.${response_format}`);
  const said = 'The kettle is on, and nothing is urgent today.';

  for (const format of ['mp3', 'wav', 'flac', 'opus'])
    test(`understands its own speech as ${format}`, async () => {
      await say('Something else entirely, said before.', format);
      const { text, usage } = await client().audio.transcriptions.create({ model: 'whisper-1', file: await say(said, format) });
      assert.equal(text, said);
      assert.equal(usage.type, 'duration');
    });

  test('comes in every format of the older model', async () => {
    const file = await say(said);
    const as = (response_format, more) => client().audio.transcriptions.create({ model: 'whisper-1', file, response_format, ...more });
    assert.equal(await as('text'), `${said}\n`);
    assert.match(await as('srt'), /^1\n00:00:00,\d{3} --> 00:00:0\d,\d{3}\nThe kettle.*\n\n\n$/);
    assert.match(await as('vtt'), /^WEBVTT\n\n00:00:00\.\d{3} --> 00:00:0\d\.\d{3}\nThe kettle.*\n\n$/);
    const verbose = await as('verbose_json', { timestamp_granularities: ['word', 'segment'] });
    assert.equal(verbose.language, 'english');
    assert.equal(verbose.segments[0].text, ` ${said}`);
    assert.deepEqual(verbose.words.map(({ word }) => word).slice(0, 3), ['The', 'kettle', 'is']);
    assert.ok(verbose.duration > 1.5 && verbose.duration < 6);
  });

  test('streams from the newer models, in lines that end in CR LF', async () => {
    const file = await say(said);
    const events = await all(await client().audio.transcriptions.create({ model: 'gpt-4o-mini-transcribe', file, stream: true }));
    assert.equal(events.filter((event) => event.type === 'transcript.text.delta').map((event) => event.delta).join(''), said);
    assert.equal(events.at(-1).text, said);
    assert.equal(events.at(-1).usage.input_token_details.text_tokens, 0);
    await assert.rejects(client().audio.transcriptions.create({ model: 'gpt-4o-transcribe', file, response_format: 'srt' }), (e) => e.param === 'response_format');
  });

  test('refuses what is no sound, no language and no model, with usage beside the error', async () => {
    const file = await say('Hi');
    const create = (more) => client().audio.transcriptions.create({ model: 'whisper-1', file, ...more });
    await assert.rejects(create({ file: await toFile(Buffer.from('no sound'), 'a.mp3') }), (e) => e.param === 'file');
    await assert.rejects(create({ file: await toFile(Buffer.from('no sound'), 'a.txt') }), (e) => e.param === 'file');
    await assert.rejects(create({ language: 'english' }), (e) => e.code === 'invalid_language_format');
    await assert.rejects(create({ model: 'nope' }), OpenAI.NotFoundError);
    const [call] = (await simulator.book()).filter(({ path }) => path.endsWith('transcriptions'));
    assert.deepEqual(JSON.parse(call.body).file[0].filename, 'a.mp3');
  });
});

describe('images', () => {
  const size = (b64) => {
    const png = Buffer.from(b64, 'base64');
    assert.equal(png.subarray(1, 4).toString(), 'PNG');
    return [png.readUInt32BE(16), png.readUInt32BE(20)];
  };

  test('are real pictures of the size asked for, as base64 and no other way', async () => {
    const made = await client().images.generate({ model: 'gpt-image-2', prompt: 'a fox', size: '1536x1024', quality: 'low', n: 2 });
    assert.deepEqual(made.data.map(({ b64_json }) => size(b64_json)), [[1536, 1024], [1536, 1024]]);
    assert.notEqual(made.data[0].b64_json, made.data[1].b64_json);
    assert.deepEqual([made.size, made.quality, made.output_format], ['1536x1024', 'low', 'png']);
    assert.equal(made.usage.output_tokens, 2 * 272);
    const jpeg = await client().images.generate({ model: 'gpt-image-2', prompt: 'a fox', size: '256x256', output_format: 'jpeg' });
    assert.ok(jpeg.data[0].b64_json.startsWith('/9j/'));
    await assert.rejects(client().images.generate({ model: 'gpt-image-2', prompt: 'a fox', response_format: 'url' }), (e) => e.param === 'response_format');
    await assert.rejects(client().images.generate({ model: 'gpt-image-2', prompt: 'something forbidden' }), (e) => e.code === 'moderation_blocked');
    await assert.rejects(client().images.generate({ model: 'gpt-image-2', prompt: 'a fox', size: '17x17' }), (e) => e.param === 'size');
  });

  test('are edited from one or several, with a mask', async () => {
    const made = await client().images.generate({ model: 'gpt-image-2', prompt: 'a fox', size: '256x256' });
    const png = await toFile(Buffer.from(made.data[0].b64_json, 'base64'), 'fox.png', { type: 'image/png' });
    for (const image of [png, [png, png]]) {
      const edited = await client().images.edit({ model: 'gpt-image-2', image, mask: png, prompt: 'a blue fox', size: '256x256' });
      assert.deepEqual(size(edited.data[0].b64_json), [256, 256]);
    }
    const [, one, two] = await simulator.book();
    assert.deepEqual([JSON.parse(one.body).image.length, JSON.parse(two.body)['image[]'].length], [1, 2]);
    const broken = await toFile(Buffer.from('no picture'), 'fox.png', { type: 'image/png' });
    await assert.rejects(client().images.edit({ model: 'gpt-image-2', image: broken, prompt: 'x' }), (e) => e.param === 'image');
  });

  test('stream what is ready so far', async () => {
    const events = await all(await client().images.generate({ model: 'gpt-image-2', prompt: 'a fox', size: '256x256', stream: true, partial_images: 2 }));
    assert.deepEqual(events.map((event) => event.type), ['image_generation.partial_image', 'image_generation.partial_image', 'image_generation.completed']);
    assert.ok(events.at(-1).usage.total_tokens > 0);
  });
});

describe('others who speak like OpenAI', () => {
  test('Azure is addressed by deployment, with a key in a header of its own', async () => {
    const azure = new AzureOpenAI({ apiKey: 'azure-key', endpoint: simulator.address, apiVersion: '2024-10-21', maxRetries: 0 });
    const answer = await azure.chat.completions.create(ask('Hi', { model: 'my-deployment' }));
    assert.match(answer.choices[0].message.content, /^You said: Hi/);
    const [call] = await simulator.book();
    assert.deepEqual([call.path, call.key, call.model], ['/openai/deployments/my-deployment/chat/completions', 'azure-key', 'my-deployment']);
    const chunks = await all(await azure.chat.completions.create(ask('Hi', { model: 'my-deployment', stream: true })));
    assert.ok(chunks[0].prompt_filter_results && chunks.some((chunk) => chunk.choices[0] && !chunk.choices[0].delta));
    await simulator.faults({ key: 'azure-key', throttle: {} });
    await assert.rejects(azure.chat.completions.create(ask('Hi')), (e) => e.status === 429 && e.code === 'rate_limit_exceeded' && !e.type);
  });

  test('Ollama wants no key, has models of its own, and calls tools in one piece', async () => {
    const ollama = client({ baseURL: `${simulator.address}/ollama/v1`, apiKey: 'ollama' });
    const answer = await ollama.chat.completions.create(ask('Hi', { model: 'llama3.2' }));
    assert.deepEqual(Object.keys(answer.usage).sort(), ['completion_tokens', 'prompt_tokens', 'total_tokens']);
    const chunks = await all(await ollama.chat.completions.create(ask('Hi', { model: 'llama3.2', stream: true, tools: [weather] })));
    assert.equal(JSON.parse(chunks.find((chunk) => chunk.choices[0].delta.tool_calls).choices[0].delta.tool_calls[0].function.arguments).days, 42);
    await assert.rejects(ollama.chat.completions.create(ask('Hi', { model: 'nope' })), (e) => e.type === 'not_found_error' && e.code === null);
    assert.equal(await (await fetch(`${simulator.address}/ollama`)).text(), 'Ollama is running');
    assert.ok((await (await fetch(`${simulator.address}/ollama/api/tags`)).json()).models.length > 0);
  });

  test('vLLM repeats its usage, old llama.cpp puts it into the last chunk', async () => {
    const streamed = async (name, more) => all(await client({ baseURL: `${simulator.address}/${name}/v1` }).chat.completions.create(ask('Hi', { model: 'some', stream: true, ...more })));
    assert.ok((await streamed('vllm', { stream_options: {} })).every((chunk) => chunk.usage));
    assert.ok((await streamed('llamacpp')).at(-1).usage.total_tokens > 0);
  });
});

describe('what goes wrong before an answer', () => {
  for (const malformed of ['html', 'json', 'redirect'])
    test(`${malformed} is an error`, async () => {
      await simulator.faults({ malformed });
      await assert.rejects(client().chat.completions.create(ask('Hi')));
    });

  test('a switch for one path leaves the others alone', async () => {
    await simulator.faults({ path: '/v1/embeddings', failStatus: 500 });
    await client().chat.completions.create(ask('Hi'));
    await assert.rejects(client().embeddings.create({ model: 'text-embedding-3-small', input: 'x' }), OpenAI.InternalServerError);
  });

  test('the page for people shows nothing but text', async () => {
    const page = await fetch(simulator.address);
    assert.match(page.headers.get('content-security-policy'), /default-src 'none'/);
    assert.match(await page.text(), /AIMake simulator/);
  });
});
