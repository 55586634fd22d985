// The official OpenAI client believes it talks to OpenAI.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, beforeEach, describe, test } from 'node:test';
import OpenAI from 'openai';
import { Stream } from 'openai/streaming';
import { startSimulator } from './simulator.mjs';

let simulator;
const client = (apiKey = 'sk-client-test', options = {}) => new OpenAI({ apiKey, baseURL: `${simulator.address}/v1`, maxRetries: 0, ...options });
const hello = { model: 'gpt-4o-mini-tts', voice: 'alloy', input: 'Good morning, everybody.' };
const seconds = (pcm) => pcm.byteLength / 2 / 24_000;
const speak = async (body = {}, options) => client('sk-client-test', options).audio.speech.create({ ...hello, ...body });

before(async () => {
  simulator = await startSimulator();
});
after(async () => {
  assert.equal(await simulator.stop(), 0);
});
beforeEach(() => simulator.reset());

describe('models', () => {
  test('are listed, with the day they end', async () => {
    const models = [];
    for await (const model of client().models.list()) models.push(model);
    assert.ok(models.some(({ id }) => id === 'tts-1'));
    for (const { shutdown_date: day } of models) assert.ok(day === null || /^\d{4}-\d{2}-\d{2}$/.test(day));
  });

  test('are found one by one, or not', async () => {
    assert.equal((await client().models.retrieve('tts-1-hd')).owned_by, 'system');
    await assert.rejects(client().models.retrieve('nope'), (e) => e instanceof OpenAI.NotFoundError && e.code === 'model_not_found' && e.param === 'model');
  });
});

describe('speech as bytes', () => {
  const heads = {
    mp3: ['audio/mpeg', (b) => b.subarray(0, 3).toString('latin1') === 'ID3' || (b[0] === 0xff && (b[1] & 0xe0) === 0xe0)],
    opus: ['audio/opus', (b) => b.subarray(0, 4).toString() === 'OggS' && b.includes('OpusHead')],
    aac: ['audio/aac', (b) => b[0] === 0xff && (b[1] & 0xf6) === 0xf0],
    flac: ['audio/flac', (b) => b.subarray(0, 4).toString() === 'fLaC'],
    wav: ['audio/wav', (b) => b.readUInt32LE(4) === 0xffffffff && b.readUInt32LE(40) === 0xffffffff && b.readUInt32LE(24) === 24_000],
    pcm: ['audio/pcm', (b) => b.length % 2 === 0],
  };
  for (const [format, [type, looksRight]] of Object.entries(heads))
    test(`come as ${format}, streamed, with the headers of the service`, async () => {
      const response = await speak({ response_format: format });
      const bytes = Buffer.from(await response.arrayBuffer());
      assert.equal(response.headers.get('content-type'), type);
      assert.equal(response.headers.get('content-length'), null);
      assert.match(response.headers.get('x-request-id'), /^req_/);
      assert.equal(response.headers.get('x-ratelimit-reset-requests'), '2ms');
      assert.ok(looksRight(bytes), `${format} starts with ${bytes.subarray(0, 16).toString('hex')}`);
    });

  test('are real speech as long as it takes to say', async () => {
    const pcm = await (await speak({ response_format: 'pcm' })).arrayBuffer();
    assert.ok(seconds(pcm) > 0.8 && seconds(pcm) < 4, `${seconds(pcm)} s`);
    const fast = await (await speak({ response_format: 'pcm', speed: 2 })).arrayBuffer();
    assert.ok(fast.byteLength < pcm.byteLength * 0.8);
    const chinese = await (await speak({ response_format: 'pcm', input: '你好，世界。' })).arrayBuffer();
    assert.ok(seconds(chinese) > 0.5 && seconds(chinese) < 5);
  });

  test('decode with another program to what they say they are', { skip: spawnSync('ffprobe', ['-version']).error && 'no ffprobe here' }, async () => {
    const mp3 = Buffer.from(await (await speak({ response_format: 'mp3' })).arrayBuffer());
    const probe = spawnSync('ffprobe', ['-v', 'error', '-show_entries', 'stream=codec_name,sample_rate,channels', '-of', 'csv=p=0', 'pipe:0'], { input: mp3 });
    assert.equal(probe.stdout.toString().trim(), 'mp3,24000,1');
  });

  test('are in the book of the simulator, and in no other', async () => {
    const bytes = await (await speak({ response_format: 'pcm' })).arrayBuffer();
    const [call, ...others] = await simulator.book();
    assert.deepEqual(others, []);
    assert.deepEqual(
      [call.path, call.key, call.model, call.voice, call.characters, call.status, call.bytes, call.end],
      ['/v1/audio/speech', 'sk-client-test', hello.model, 'alloy', hello.input.length, 200, bytes.byteLength, 'completed'],
    );
    assert.deepEqual(JSON.parse(call.body), { ...hello, response_format: 'pcm' });
  });
});

describe('speech as events', () => {
  const events = async (body) => {
    const all = [];
    for await (const event of Stream.fromSSEResponse(await speak({ stream_format: 'sse', ...body }), new AbortController())) all.push(event);
    return all;
  };

  test('carries sound in pieces, then usage once', async () => {
    const all = await events({ response_format: 'pcm' });
    const done = all.pop();
    assert.equal(done.type, 'speech.audio.done');
    assert.equal(done.usage.total_tokens, done.usage.input_tokens + done.usage.output_tokens);
    assert.ok(all.every(({ type }) => type === 'speech.audio.delta'));
    const sound = Buffer.concat(all.map(({ audio }) => Buffer.from(audio, 'base64')));
    assert.ok(sound.equals(Buffer.from(await (await speak({ response_format: 'pcm' })).arrayBuffer())));
  });

  test('ends its lines with CR LF and itself with [DONE]', async () => {
    const text = await (await speak({ stream_format: 'sse' })).text();
    assert.ok(text.endsWith('}\r\n\r\ndata: [DONE]\r\n\r\n'));
    assert.ok(!/[^\r]\n/.test(text));
  });

  test('an error in the middle is thrown by the client', async () => {
    await simulator.faults({ malformed: 'sseError' });
    await assert.rejects(events(), OpenAI.APIError);
  });

  test('the older models do not have it', async () => {
    await assert.rejects(events({ model: 'tts-1' }), (e) => e instanceof OpenAI.BadRequestError && e.param === 'stream_format');
  });
});

describe('errors', () => {
  const refused = [
    ['a model nobody has', { model: 'nope' }, OpenAI.NotFoundError, 'model'],
    ['an empty text', { input: '' }, OpenAI.BadRequestError, 'input'],
    ['a text too long', { input: 'a'.repeat(4097) }, OpenAI.BadRequestError, 'input'],
    ['a voice nobody has', { voice: 'nobody' }, OpenAI.BadRequestError, 'voice'],
    ['a format nobody has', { response_format: 'midi' }, OpenAI.BadRequestError, 'response_format'],
    ['too much speed', { speed: 4.1 }, OpenAI.BadRequestError, 'speed'],
    ['speed in words', { speed: 'fast' }, OpenAI.BadRequestError, 'speed'],
  ];
  for (const [what, body, type, param] of refused)
    test(`${what} is refused by name`, async () => {
      await assert.rejects(speak(body), (e) => e instanceof type && e.param === param && /^req_/.test(e.requestID));
      assert.equal((await simulator.book())[0].bytes, 0);
    });

  test('the longest text, the extremes of speed and a voice of one’s own are not', async () => {
    for (const body of [{ input: 'word '.repeat(819) + 'a' }, { speed: 0.25 }, { speed: 4 }, { voice: { id: 'voice_mine' } }])
      assert.ok((await (await speak({ response_format: 'pcm', ...body })).arrayBuffer()).byteLength > 0);
  });

  test('a wrong key is refused before anything else, and masked', async () => {
    await assert.rejects(client('wrong-key-12345').audio.speech.create({}), (e) => {
      assert.ok(e instanceof OpenAI.AuthenticationError);
      assert.equal(e.code, 'invalid_api_key');
      assert.ok(!e.message.includes('wrong-key-12345'));
      return true;
    });
  });

  test('throttling is retried by the client after the wait it is told', async () => {
    await simulator.faults({ throttle: { retryAfter: 1 }, failTimes: 1 });
    const began = performance.now();
    await speak({}, { maxRetries: 2 });
    assert.ok(performance.now() - began >= 950);
    assert.deepEqual((await simulator.book()).map(({ status }) => status), [429, 200]);
  });

  test('throttling without an end is a rate limit error', async () => {
    await simulator.faults({ throttle: {} });
    await assert.rejects(speak(), (e) => e instanceof OpenAI.RateLimitError && e.code === 'rate_limit_exceeded' && !e.headers.has('retry-after'));
  });

  test('a used-up quota has its own code', async () => {
    await simulator.faults({ failStatus: 429, failCode: 'insufficient_quota' });
    await assert.rejects(speak(), (e) => e instanceof OpenAI.RateLimitError && e.code === 'insufficient_quota' && e.type === 'insufficient_quota');
  });

  test('failures of the server are retried, and tell when they do not end', async () => {
    await simulator.faults({ failStatus: 503, failTimes: 1 });
    await speak({}, { maxRetries: 1 });
    assert.deepEqual((await simulator.book()).map(({ status }) => status), [503, 200]);
    await simulator.faults({ failStatus: 500 });
    await assert.rejects(speak(), OpenAI.InternalServerError);
  });

  test('a page of HTML from something in between is an error by its status', async () => {
    await simulator.faults({ malformed: 'html' });
    await assert.rejects(speak(), (e) => e instanceof OpenAI.InternalServerError && e.status === 502);
  });

  test('a switch for one key leaves the others alone', async () => {
    await simulator.faults({ key: 'sk-unlucky', failStatus: 500 });
    await assert.rejects(client('sk-unlucky').audio.speech.create(hello), OpenAI.InternalServerError);
    await speak();
    await simulator.faults({ key: 'sk-unlucky' });
    await client('sk-unlucky').audio.speech.create(hello);
  });

  test('a cut within the sound is an error while reading', async () => {
    await simulator.faults({ cutAfterBytes: 5000 });
    const response = await speak({ response_format: 'pcm' });
    await assert.rejects(response.arrayBuffer());
    assert.equal((await simulator.book())[0].end, 'cut');
  });

  test('a slow start is waited for, or not', async () => {
    await simulator.faults({ firstByteMs: 5_000 });
    await assert.rejects(speak({}, { timeout: 100 }), OpenAI.APIConnectionTimeoutError);
  });

  test('a switch nobody knows is refused', async () => {
    await assert.rejects(simulator.faults({ slowness: 3 }), /400/);
  });
});
