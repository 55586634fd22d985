// The official ElevenLabs client believes it talks to ElevenLabs.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { ElevenLabsClient, ElevenLabsError } from '@elevenlabs/elevenlabs-js';
import { startSimulator } from './simulator.mjs';

let simulator;
const george = 'JBFqnCBsd6RMkjVDRZzb';
const sarah = 'EXAVITQu4vr4xnSDxMaL';
const hello = { text: 'Good morning, everybody.', modelId: 'eleven_multilingual_v2', outputFormat: 'pcm_24000' };
const client = (apiKey = 'sk-client-test', options = {}) => new ElevenLabsClient({ apiKey, baseUrl: `${simulator.address}/elevenlabs`, maxRetries: 0, ...options });
const bytesOf = async (stream) => {
  const pieces = [];
  for await (const piece of stream) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
};
const seconds = (pcm, rate = 24_000) => pcm.length / 2 / rate;
const refusal = (status, word) => (e) => {
  assert.ok(e instanceof ElevenLabsError, String(e));
  assert.equal(e.statusCode, status);
  const { detail } = e.body;
  assert.ok(word === undefined || detail.code === word || detail.status === word, JSON.stringify(detail));
  return true;
};

before(async () => {
  simulator = await startSimulator();
});
after(async () => {
  assert.equal(await simulator.stop(), 0);
});
beforeEach(() => simulator.reset());

describe('speech', () => {
  test('is as long as it takes to say, whole and streamed', async () => {
    const whole = await bytesOf(await client().textToSpeech.convert(george, hello));
    const streamed = await bytesOf(await client().textToSpeech.stream(george, hello));
    assert.ok(seconds(whole) > 0.8 && seconds(whole) < 4, `${seconds(whole)} s`);
    assert.ok(whole.equals(streamed));
  });

  test('comes as MP3 when nothing else is asked for, with its id and its cost', async () => {
    const { data, rawResponse } = await client().textToSpeech.convert(george, { text: hello.text }).withRawResponse();
    const mp3 = await bytesOf(data);
    assert.equal(rawResponse.headers.get('content-type'), 'audio/mpeg');
    assert.equal(rawResponse.headers.get('character-cost'), `${hello.text.length}`);
    assert.ok(rawResponse.headers.get('request-id'));
    assert.ok(mp3.subarray(0, 3).toString('latin1') === 'ID3' || mp3[0] === 0xff);
  });

  for (const [format, looksRight] of Object.entries({
    pcm_16000: (b) => seconds(b, 16_000) > 0.8 && seconds(b, 16_000) < 4,
    ulaw_8000: (b) => b.length > 6_400 && b.length < 32_000,
    opus_48000_64: (b) => b.subarray(0, 4).toString() === 'OggS',
    wav_24000: (b) => b.subarray(0, 4).toString() === 'RIFF' && b.readUInt32LE(24) === 24_000,
  }))
    test(`comes as ${format}, under no name of its own`, async () => {
      const { data, rawResponse } = await client().textToSpeech.convert(george, { ...hello, outputFormat: format }).withRawResponse();
      assert.ok(looksRight(await bytesOf(data)));
      assert.equal(rawResponse.headers.get('content-type'), 'application/octet-stream');
    });

  test('is quicker when asked to be', async () => {
    const usual = await bytesOf(await client().textToSpeech.convert(george, hello));
    const quick = await bytesOf(await client().textToSpeech.convert(george, { ...hello, voiceSettings: { speed: 1.2 } }));
    assert.ok(quick.length < usual.length * 0.95);
  });

  test('is in the book of the simulator', async () => {
    const pcm = await bytesOf(await client().textToSpeech.stream(george, hello));
    const [call, ...others] = await simulator.book();
    assert.deepEqual(others, []);
    assert.deepEqual(
      [call.path, call.key, call.model, call.voice, call.characters, call.status, call.bytes, call.end],
      [`/elevenlabs/v1/text-to-speech/${george}/stream`, 'sk-client-test', hello.modelId, george, hello.text.length, 200, pcm.length, 'completed'],
    );
    assert.deepEqual(JSON.parse(call.body), { text: hello.text, model_id: hello.modelId });
  });
});

describe('times', () => {
  test('come with the sound, one for each character', async () => {
    const timed = await client().textToSpeech.convertWithTimestamps(george, hello);
    const pcm = Buffer.from(timed.audioBase64, 'base64');
    assert.equal(timed.alignment.characters.join(''), hello.text);
    assert.ok(Math.abs(timed.alignment.characterEndTimesSeconds.at(-1) - seconds(pcm)) < 0.01);
  });

  test('come in pieces when streamed, some without any', async () => {
    let [sound, text, empty] = [Buffer.alloc(0), '', 0];
    for await (const piece of await client().textToSpeech.streamWithTimestamps(george, hello)) {
      sound = Buffer.concat([sound, Buffer.from(piece.audioBase64, 'base64')]);
      if (piece.alignment) text += piece.alignment.characters.join('');
      else empty += 1;
    }
    assert.equal(text, hello.text);
    assert.ok(empty > 0);
    assert.ok(sound.equals(await bytesOf(await client().textToSpeech.convert(george, hello))));
  });
});

describe('dialogue', () => {
  const inputs = [
    { text: '[cheerfully] Welcome back!', voiceId: george },
    { text: 'Thanks for having me.', voiceId: sarah },
  ];

  test('is spoken in one take', async () => {
    const pcm = await bytesOf(await client().textToDialogue.convert({ inputs, outputFormat: 'pcm_24000' }));
    assert.ok(seconds(pcm) > 1.5 && seconds(pcm) < 8);
    assert.ok(pcm.equals(await bytesOf(await client().textToDialogue.stream({ inputs, outputFormat: 'pcm_24000' }))));
  });

  test('has a voice for each line', async () => {
    const one = await bytesOf(await client().textToDialogue.convert({ inputs: inputs.map(({ text }) => ({ text, voiceId: george })), outputFormat: 'pcm_24000' }));
    const two = await bytesOf(await client().textToDialogue.convert({ inputs, outputFormat: 'pcm_24000' }));
    const same = [...one.subarray(0, 4_800)].every((byte, i) => byte === two[i]);
    assert.ok(same, 'the first line is the same');
    assert.ok(!one.subarray(-4_800).equals(two.subarray(-4_800)), 'the last is not');
  });

  test('says who speaks when', async () => {
    const timed = await client().textToDialogue.convertWithTimestamps({ inputs, outputFormat: 'pcm_24000' });
    assert.deepEqual(timed.voiceSegments.map(({ voiceId, dialogueInputIndex }) => [voiceId, dialogueInputIndex]), [[george, 0], [sarah, 1]]);
    assert.equal(timed.voiceSegments[0].characterEndIndex, inputs[0].text.length);
  });

  test('that is too long is refused whole and, streamed, cut short without a word', async () => {
    const long = { inputs: [{ text: 'a '.repeat(1_100), voiceId: george }], outputFormat: 'pcm_8000' };
    await assert.rejects(client().textToDialogue.convert(long), refusal(400, 'max_character_limit_exceeded'));
    const { data, rawResponse } = await client().textToDialogue.stream(long).withRawResponse();
    await bytesOf(data);
    assert.equal(rawResponse.headers.get('character-cost'), '2000');
  });
});

describe('the account', () => {
  test('has voices, found page by page', async () => {
    const names = [];
    let token;
    do {
      const page = await client().voices.search({ pageSize: 10, nextPageToken: token });
      names.push(...page.voices.map(({ name }) => name));
      token = page.hasMore ? page.nextPageToken : undefined;
    } while (token);
    assert.equal(names.length, 27);
    assert.equal((await client().voices.getAll()).voices.length, 27);
    assert.equal((await client().voices.get(george)).name, 'George');
    await assert.rejects(client().voices.get('nobody'), refusal(400, 'voice_not_found'));
  });

  test('has models that say how much they take', async () => {
    const models = await client().models.list();
    assert.equal(models.find(({ modelId }) => modelId === 'eleven_flash_v2_5').maximumTextLengthPerRequest, 40_000);
  });

  test('has a subscription', async () => {
    const { status, characterCount, characterLimit } = await client().user.subscription.get();
    assert.deepEqual([status, characterCount, characterLimit], ['active', 1200, 100_000]);
  });
});

describe('refusals', () => {
  const refused = [
    ['a voice nobody has', 'nobody', hello, 404, 'voice_not_found'],
    ['a model nobody has', george, { ...hello, modelId: 'eleven_nope' }, 400, 'invalid_parameters'],
    ['a text too long', george, { ...hello, modelId: 'eleven_v3', text: 'a'.repeat(3_001) }, 400, 'max_character_limit_exceeded'],
    ['too much speed', george, { ...hello, voiceSettings: { speed: 1.5 } }, 400, 'invalid_parameters'],
    ['a stability between the steps', george, { ...hello, modelId: 'eleven_v3', voiceSettings: { stability: 0.6 } }, 400, 'invalid_ttd_stability'],
  ];
  for (const [what, voice, body, status, word] of refused)
    test(`${what} is refused by name`, async () => {
      await assert.rejects(client().textToSpeech.convert(voice, body), refusal(status, word));
      assert.equal((await simulator.book())[0].bytes, 0);
    });

  // The client itself refuses these, so they go round it.
  for (const [what, path, format] of [['a format nobody has', '', 'mp3_1_1'], ['WAV, streamed,', '/stream', 'wav_24000']])
    test(`${what} is refused`, async () => {
      const answer = await fetch(`${simulator.address}/elevenlabs/v1/text-to-speech/${george}${path}?output_format=${format}`, {
        method: 'POST', headers: { 'xi-api-key': 'sk-client-test', 'Content-Type': 'application/json' }, body: JSON.stringify({ text: 'Hello' }),
      });
      assert.equal(answer.status, 400);
      assert.equal((await answer.json()).detail.code, 'invalid_parameters');
    });

  test('a wrong key is refused before anything else', async () => {
    await assert.rejects(client('nobody').textToSpeech.convert('nobody', hello), refusal(401, 'invalid_api_key'));
  });

  const switched = [
    ['quota_exceeded', 401],
    ['insufficient_credits', 402],
    ['missing_permissions', 401],
    ['paid_plan_required', 402],
    ['output_format_not_allowed', 403],
    ['system_busy', 429],
  ];
  for (const [failCode, status] of switched)
    test(`${failCode} comes with ${status}`, async () => {
      await simulator.faults({ failStatus: 400, failCode });
      await assert.rejects(client().textToSpeech.convert(george, hello), refusal(status, failCode));
    });

  test('too many at once is retried by the client, though nobody says when', async () => {
    await simulator.faults({ throttle: {}, failTimes: 1 });
    await bytesOf(await client('sk-client-test', { maxRetries: 1 }).textToSpeech.convert(george, hello));
    assert.deepEqual((await simulator.book()).map(({ status }) => status), [429, 200]);
  });

  test('a cut within the sound is an error while reading', async () => {
    await simulator.faults({ cutAfterBytes: 5_000 });
    const stream = await client().textToSpeech.convert(george, hello);
    await assert.rejects(bytesOf(stream));
    assert.equal((await simulator.book())[0].end, 'cut');
  });
});
