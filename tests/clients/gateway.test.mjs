// The official OpenAI client believes that AIMake is OpenAI, and what AIMake says it cost is what the statement says.
import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import OpenAI, { toFile } from 'openai';
import { startAIMake } from './aimake.mjs';
import { all, weather } from './asks.mjs';

let aimake;
let user;
let key;

/** A client of AIMake; `calls` gathers what its answers said in their headers, and in the last comment of streams. */
const client = ({ calls = [], ...options } = {}) =>
  new OpenAI({
    apiKey: key,
    baseURL: `${aimake.url}/v1`,
    maxRetries: 0,
    ...options,
    fetch: async (...request) => {
      const answer = await fetch(...request);
      const call = { path: new URL(request[0]).pathname, status: answer.status, headers: answer.headers, credits: Number(answer.headers.get('x-aimake-credits') ?? NaN) };
      calls.push(call);
      return answer.headers.get('content-type')?.startsWith('text/event-stream') ? overheard(answer, call) : answer;
    },
  });

/** The same answer, whose comment about its cost is noted as it passes. */
const overheard = (answer, call) => {
  const decoder = new TextDecoder();
  let text = '';
  const passing = new TransformStream({
    transform: (piece, onward) => {
      text += decoder.decode(piece, { stream: true });
      call.credits = Number(/^: X-AIMake-Credits (\S+)$/m.exec(text)?.[1] ?? NaN);
      onward.enqueue(piece);
    },
  });
  return new Response(answer.body.pipeThrough(passing), { status: answer.status, headers: answer.headers });
};

const ask = (text, more = {}) => ({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: text }], ...more });
const said = 'The kettle is on, and nothing is urgent today.';
const until = async (holds, what) => {
  for (let tries = 0; tries < 400; tries++) {
    const found = await holds();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`waited in vain until ${what}`);
};
const png = (b64) => {
  const bytes = Buffer.from(b64, 'base64');
  assert.equal(bytes.subarray(1, 4).toString(), 'PNG');
  return bytes;
};

before(async () => {
  aimake = await startAIMake({ LUMEN_API_KEY: 'lumen_simulated' });
  user = await aimake.user();
  key = await user.key();
});
after(async () => {
  assert.equal(await aimake.stop(), 0);
});
beforeEach(() => aimake.simulator.reset());

describe('what the client can do', () => {
  test('chats, whole and streamed', async () => {
    const whole = await client().chat.completions.create(ask('Good morning'));
    assert.match(whole.choices[0].message.content, /^You said: Good morning/);
    assert.equal(whole.usage.total_tokens, whole.usage.prompt_tokens + whole.usage.completion_tokens);

    const plain = await all(await client().chat.completions.create(ask('Good morning', { stream: true })));
    const counted = await all(await client().chat.completions.create(ask('Good morning', { stream: true, stream_options: { include_usage: true } })));
    for (const chunks of [plain, counted])
      assert.equal(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join(''), whole.choices[0].message.content);
    assert.ok(plain.every((chunk) => !chunk.usage), 'nobody asked for usage');
    assert.deepEqual(counted.at(-1).usage, whole.usage);
  });

  test('lets a model call a tool and hear what it says', async () => {
    const runner = client().chat.completions.runTools({
      ...ask('Weather?'),
      tools: [{ type: 'function', function: { ...weather.function, parse: JSON.parse, function: ({ city }) => `sunny in ${city}` } }],
    });
    assert.match(await runner.finalContent(), /The tool says: sunny in São "Paulo" \\ 北京/);

    const chunks = await all(await client().chat.completions.create(ask('Weather?', { tools: [weather], stream: true })));
    const pieces = chunks.flatMap((chunk) => chunk.choices[0]?.delta.tool_calls ?? []);
    assert.deepEqual(JSON.parse(pieces.map((piece) => piece.function.arguments).join('')), { city: 'São "Paulo" \\ 北京', days: 42 });
  });

  test('reads responses, whole and streamed', async () => {
    const whole = await client().responses.create({ model: 'gpt-4o-mini', input: 'Good morning' });
    assert.match(whole.output_text, /^You said: Good morning/);
    const events = await all(await client().responses.create({ model: 'gpt-4o-mini', input: 'Good morning', stream: true }));
    assert.equal(events.filter((event) => event.type === 'response.output_text.delta').map((event) => event.delta).join(''), whole.output_text);
    assert.equal(events.at(-1).type, 'response.completed');
  });

  test('turns texts into vectors', async () => {
    const { data } = await client().embeddings.create({ model: 'text-embedding-3-small', input: ['one', 'two'], dimensions: 256 });
    assert.deepEqual(data.map(({ embedding }) => embedding.length), [256, 256]);
    assert.ok(Math.abs(Math.hypot(...data[0].embedding) - 1) < 1e-3);
  });

  test('speaks, and understands what it said', async () => {
    const speech = await client().audio.speech.create({ model: 'gpt-4o-mini-tts', voice: 'alloy', input: said });
    const file = await toFile(Buffer.from(await speech.arrayBuffer()), 'said.mp3');
    assert.equal((await client().audio.transcriptions.create({ model: 'whisper-1', file })).text, said);
    assert.match(await client().audio.transcriptions.create({ model: 'whisper-1', file, response_format: 'srt' }), /^1\n00:00:00,\d{3} --> /);
    const events = await all(await client().audio.transcriptions.create({ model: 'gpt-4o-mini-transcribe', file, stream: true }));
    assert.equal(events.at(-1).text, said);
  });

  test('speaks with a voice of this machine as with any other', async () => {
    const speech = await client().audio.speech.create({ model: 'espeak-ng', voice: 'en-us', input: said, response_format: 'wav' });
    assert.equal(Buffer.from(await speech.arrayBuffer()).subarray(0, 4).toString(), 'RIFF');
  });

  test('paints, and changes what it painted', async () => {
    const order = { model: 'gpt-image-1-mini', prompt: 'a fox', size: '1024x1024', quality: 'low' };
    const fox = png((await client().images.generate(order)).data[0].b64_json);
    assert.deepEqual([fox.readUInt32BE(16), fox.readUInt32BE(20)], [1024, 1024]);
    const image = await toFile(fox, 'fox.png', { type: 'image/png' });
    png((await client().images.edit({ ...order, prompt: 'a blue fox', image })).data[0].b64_json);
    const events = await all(await client().images.generate({ ...order, stream: true, partial_images: 2 }));
    assert.deepEqual(events.map((event) => event.type.split('.')[1]), ['partial_image', 'partial_image', 'completed']);
  });

  test('knows the models', async () => {
    const models = await all(client().models.list());
    assert.ok(models.some(({ id }) => id === 'gpt-4o-mini') && models.some(({ id }) => id === 'espeak-ng'));
    assert.equal((await client().models.retrieve('gpt-4o-mini')).owned_by, 'openai');
  });

  test('needs no more than the printed key', async () => {
    const answer = await client({ apiKey: await aimake.printedKey() }).chat.completions.create(ask('Good morning'));
    assert.match(answer.choices[0].message.content, /^You said/);
  });
});

describe('errors are the client’s own', () => {
  const refused = (promise, type, more) =>
    assert.rejects(promise, (e) => {
      assert.ok(e instanceof type, `${e.constructor.name}: ${e.message}`);
      assert.ok(e.requestID, 'it can be asked about');
      for (const [name, value] of Object.entries(more)) assert.equal(e[name], value, `${name}: ${e.message}`);
      return true;
    });

  test('a wrong key', () => refused(client({ apiKey: 'sk-wrong' }).chat.completions.create(ask('Hi')), OpenAI.AuthenticationError, { status: 401 }));

  test('a key for something else', async () =>
    refused(client({ apiKey: await user.key({ scopes: ['speech'] }) }).chat.completions.create(ask('Hi')), OpenAI.PermissionDeniedError, { code: 'scope_denied' }));

  test('a model nobody has', async () => {
    await refused(client().chat.completions.create(ask('Hi', { model: 'nope' })), OpenAI.NotFoundError, { code: 'model_not_found', param: 'model' });
    await refused(client().models.retrieve('nope'), OpenAI.NotFoundError, { code: 'model_not_found', param: 'model' });
  });

  test('a parameter that cannot be, found by us and found by the provider', async () => {
    await refused(client().chat.completions.create(ask('Hi', { n: 0 })), OpenAI.BadRequestError, { param: 'n' });
    await refused(client().chat.completions.create(ask('Hi', { temperature: 3 })), OpenAI.BadRequestError, { param: 'temperature' });
  });

  test('no credits left: not tried again, and nobody is asked', async () => {
    const calls = [];
    const dear = ask('Hi', { model: 'gpt-5.4', n: 8 });
    await refused(client({ calls, maxRetries: 2 }).chat.completions.create(dear), OpenAI.APIError, { status: 402, code: 'insufficient_credits', type: 'insufficient_quota' });
    const spent = await user.key({ creditLimit: { amount: 0, window: 'total' } });
    await refused(client({ calls, maxRetries: 2, apiKey: spent }).chat.completions.create(ask('Hi')), OpenAI.APIError, { status: 402, code: 'key_limit_reached' });
    assert.equal(calls.length, 2);
    assert.deepEqual(await aimake.simulator.book(), []);
  });

  test('too many at a time', async () => {
    const apiKey = await user.key({ rateLimit: 1 });
    const calls = [];
    await client({ apiKey }).chat.completions.create(ask('Hi'));
    await refused(client({ apiKey, calls }).chat.completions.create(ask('Hi')), OpenAI.RateLimitError, { status: 429 });
    assert.ok(Number(calls[0].headers.get('retry-after')) > 0);
  });

  test('a provider that breaks off in the middle', async () => {
    await aimake.simulator.faults({ cutAfterEvents: 5 });
    const stream = await client().chat.completions.create(ask('a long story', { stream: true }));
    await assert.rejects(all(stream), (e) => e instanceof OpenAI.APIError && e.code === 'upstream_interrupted');
  });
});

describe('money', () => {
  test('what the answers say they cost adds up to the statement', async () => {
    const payer = await aimake.user();
    const calls = [];
    const paying = client({ calls, apiKey: await payer.key() });
    const picture = { model: 'gpt-image-1-mini', prompt: 'a fox', size: '1024x1024', quality: 'low' };

    await paying.chat.completions.create(ask('Good morning'));
    await all(await paying.chat.completions.create(ask('你好 🎉', { stream: true })));
    await paying.responses.create({ model: 'gpt-4o-mini', input: 'Good morning' });
    await all(await paying.responses.create({ model: 'gpt-4o-mini', input: 'Good morning', stream: true }));
    await paying.embeddings.create({ model: 'text-embedding-3-small', input: ['one', 'two'] });
    const speech = await paying.audio.speech.create({ model: 'tts-1', voice: 'alloy', input: said });
    const file = await toFile(Buffer.from(await speech.arrayBuffer()), 'said.mp3');
    await (await paying.audio.speech.create({ model: 'espeak-ng', voice: 'en-us', input: said })).arrayBuffer();
    await paying.audio.transcriptions.create({ model: 'whisper-1', file });
    const fox = png((await paying.images.generate(picture)).data[0].b64_json);
    await paying.images.edit({ ...picture, image: await toFile(fox, 'fox.png', { type: 'image/png' }) });
    await all(await paying.images.generate({ ...picture, stream: true, partial_images: 1 }));
    await paying.models.list();
    await assert.rejects(paying.chat.completions.create(ask('Hi', { temperature: 3 })));
    await aimake.simulator.faults({ cutAfterEvents: 5 });
    await assert.rejects(async () => all(await paying.chat.completions.create(ask('a long story', { stream: true }))));

    const paid = calls.filter(({ path, status }) => status === 200 && path.startsWith('/v1/') && path !== '/v1/models');
    assert.equal(paid.length, 12, JSON.stringify(paid.map((call) => call.path)));
    for (const { credits } of paid) assert.ok(credits > 0, `an answer did not say what it cost: ${paid.map((call) => `${call.path} ${call.credits}`)}`);
    const sum = paid.reduce((total, { credits }) => total + Math.round(credits * 1e6), 0) / 1e6;
    assert.equal(await payer.spent(), sum);
    assert.equal((await payer.get('/api/credits')).heldCredits, 0);
  });

  test('who leaves a stream pays for what was delivered, and no more', async () => {
    const payer = await aimake.user();
    await aimake.simulator.faults({ slowMs: 20, reply: { text: 'and so it went on '.repeat(400) } });
    const stream = await client({ apiKey: await payer.key() }).chat.completions.create(ask('a long story', { stream: true }));
    let words = 0;
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content && ++words === 30) break; // the client hangs up
    const spent = await until(async () => (await payer.spent()) || undefined, 'the stream is charged');
    const { tokens, credits } = await payer.get('/api/stats/usage');
    assert.ok(tokens.output >= words && tokens.output < 200, `${tokens.output} tokens for ${words} of 2,000 words`);
    assert.equal(credits, spent);
    const [call] = await until(async () => ((await aimake.simulator.book())[0].end !== 'running' ? aimake.simulator.book() : undefined), 'the provider is hung up on');
    assert.equal(call.end, 'callerGone');
    assert.equal((await payer.get('/api/credits')).heldCredits, 0);
  });
});

describe('while it runs', () => {
  test('one key throttled, one out of quota, one dead: no client notices', async () => {
    await aimake.simulator.faults([
      { key: 'sk-simulated-1', throttle: { retryAfter: 600 } },
      { key: 'sk-simulated-2', failStatus: 429, failCode: 'insufficient_quota' },
      { key: 'sk-simulated-4', failStatus: 401 },
    ]);
    const answers = await Promise.all(Array.from({ length: 60 }, (_, i) => client().chat.completions.create(ask(`Good morning ${i}`))));
    answers.forEach((answer, i) => assert.match(answer.choices[0].message.content, new RegExp(`^You said: Good morning ${i}\\b`)));

    const book = await aimake.simulator.book();
    const seen = (name) => book.filter(({ key: used }) => used === `sk-simulated-${name}`).length;
    for (let i = 0; i < 20; i++) await client().chat.completions.create(ask(`Good evening ${i}`));
    const later = (await aimake.simulator.book()).slice(book.length);
    assert.ok([1, 2, 4].every((name) => seen(name) > 0), 'each was tried');
    assert.deepEqual([...new Set(later.map((call) => call.key))].sort(), ['sk-simulated-3', 'sk-simulated-5'], 'and then left alone');
  });

  test('a provider described in a file answers within seconds, and is gone with it', async () => {
    const page = readFileSync(new URL('../../docs/declarative-providers.md', import.meta.url), 'utf8');
    const example = /```jsonc\n([^]*?)```/.exec(page)[1].replace('https://api.lumen.example/v1', `${aimake.simulator.address}/lumen/v1`);
    const file = join(aimake.data, 'providers', 'lumen.json');
    const order = { model: 'lumen-brush', prompt: 'dawn', size: '1024x1024' };
    await assert.rejects(client().images.generate(order), OpenAI.NotFoundError);

    writeFileSync(file, example);
    const made = await until(() => client().images.generate(order).catch((e) => assert.equal(e.status, 404)), 'the new model answers');
    png(made.data[0].b64_json);
    const chat = await client().chat.completions.create({ ...ask('Good morning'), model: 'lumen-words' });
    assert.ok(chat.choices[0].message.content);

    rmSync(file);
    await until(() => client().models.retrieve('lumen-brush').then(() => false, (e) => e.status === 404), 'the model is gone');
  });
});
