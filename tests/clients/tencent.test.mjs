// The official Tencent Cloud client believes it talks to Tencent Cloud: it signs for the vendor's own host, and only the name is
// looked up differently. The simulator recomputes every signature.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, beforeEach, describe, test } from 'node:test';
import { tts } from 'tencentcloud-sdk-nodejs-tts';
import { startSimulator } from './simulator.mjs';

const host = 'tts.tencentcloudapi.com';
// The simulator knows every id that begins so, and its key is the id backwards.
const secretId = 'AKIDclientTest';
const secretKey = [...secretId].reverse().join('');

let simulator;
const agent = new http.Agent({ lookup: (_, options, done) => (options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4)) });
const client = (credential = { secretId, secretKey }, region = 'ap-guangzhou') =>
  new tts.v20190823.Client({ credential, region, profile: { httpProfile: { protocol: 'http://', endpoint: `${host}:${new URL(simulator.address).port}`, agent } } });
const hello = { Text: '你好，世界。', SessionId: 'session-1', VoiceType: 501001 };
const code = (expected) => (e) => {
  assert.equal(e.code, expected, String(e));
  return true;
};

before(async () => {
  simulator = await startSimulator();
});
after(async () => {
  agent.destroy();
  assert.equal(await simulator.stop(), 0);
});
beforeEach(() => simulator.reset());

describe('a short text', () => {
  test('is spoken at once, as WAV unless told otherwise', async () => {
    const answer = await client().TextToVoice(hello);
    const wav = Buffer.from(answer.Audio, 'base64');
    assert.equal(wav.subarray(0, 4).toString(), 'RIFF');
    assert.equal(wav.readUInt32LE(4), wav.length - 8);
    assert.equal(wav.readUInt32LE(24), 16_000);
    assert.equal(answer.SessionId, hello.SessionId);
    assert.match(answer.RequestId, /^[0-9a-f-]{36}$/);
  });

  test('is spoken as samples and as MP3', async () => {
    const pcm = Buffer.from((await client().TextToVoice({ ...hello, Codec: 'pcm', SampleRate: 24_000 })).Audio, 'base64');
    const mp3 = Buffer.from((await client().TextToVoice({ ...hello, Codec: 'mp3' })).Audio, 'base64');
    assert.ok(pcm.length / 48_000 > 0.5 && pcm.length / 48_000 < 5);
    assert.ok(mp3.subarray(0, 3).toString('latin1') === 'ID3' || mp3[0] === 0xff);
  });

  test('is quicker on a scale of its own', async () => {
    const [usual, quick] = await Promise.all([0, 6].map((Speed) => client().TextToVoice({ ...hello, Codec: 'pcm', Speed })));
    assert.ok(quick.Audio.length < usual.Audio.length * 0.7);
  });

  test('comes with its characters when they are asked for', async () => {
    assert.deepEqual((await client().TextToVoice(hello)).Subtitles, []);
    const { Subtitles } = await client().TextToVoice({ ...hello, EnableSubtitle: true });
    assert.equal(Subtitles.map(({ Text }) => Text).join(''), hello.Text);
  });

  test('is in the book of the simulator', async () => {
    await client().TextToVoice(hello);
    const [call, ...others] = await simulator.book();
    assert.deepEqual(others, []);
    assert.deepEqual([call.path, call.key, call.model, call.voice, call.characters, call.status], ['/', secretId, 'TextToVoice', '501001', 6, 200]);
    assert.deepEqual(JSON.parse(call.body), hello);
  });
});

describe('a long text', () => {
  test('is handed over, asked after and fetched', async () => {
    const { Data } = await client().CreateTtsTask({ Text: '很久以前，'.repeat(40), VoiceType: 501001, Codec: 'wav' });
    const seen = [];
    let task;
    do {
      ({ Data: task } = await client().DescribeTtsTaskStatus({ TaskId: Data.TaskId }));
      seen.push([task.Status, task.StatusStr]);
    } while (task.Status < 2);
    assert.deepEqual(seen, [[0, 'waiting in queue'], [1, 'doing'], [2, 'success']]);
    const file = await fetch(task.ResultUrl.replace(host, '127.0.0.1'));
    assert.equal(Buffer.from(await file.arrayBuffer()).subarray(0, 4).toString(), 'RIFF');
    const stale = await fetch(task.ResultUrl.replace(host, '127.0.0.1').replace(/until=\d+/, 'until=1'));
    assert.equal(stale.status, 403);
  });

  test('may fail, and says so inside a good answer', async () => {
    const { Data } = await client().CreateTtsTask({ Text: 'fail: this one' });
    let task;
    do ({ Data: task } = await client().DescribeTtsTaskStatus({ TaskId: Data.TaskId }));
    while (task.Status < 2);
    assert.equal(task.Status, 3);
    assert.ok(task.ErrorMsg.length > 0);
  });
});

describe('refusals', () => {
  const refused = [
    ['a text too long in Chinese', { Text: '好'.repeat(151) }, 'UnsupportedOperation.TextTooLong'],
    ['a text too long in English', { Text: 'a'.repeat(501) }, 'UnsupportedOperation.TextTooLong'],
    ['no text', { Text: '' }, 'InvalidParameterValue.TextEmpty'],
    ['a voice nobody has', { VoiceType: 1 }, 'InvalidParameterValue.VoiceType'],
    ['a codec nobody has', { Codec: 'midi' }, 'InvalidParameterValue.Codec'],
    ['a rate nobody has', { SampleRate: 44_100 }, 'InvalidParameterValue.SampleRate'],
    ['too much speed', { Speed: 7 }, 'InvalidParameterValue.Speed'],
    ['a parameter nobody has', { Loudness: 3 }, 'UnknownParameter'],
  ];
  for (const [what, body, expected] of refused)
    test(`${what} is refused by its code, with status 200`, async () => {
      await assert.rejects(client().TextToVoice({ ...hello, ...body }), code(expected));
      assert.equal((await simulator.book())[0].status, 200);
    });

  test('the longest texts are not', async () => {
    for (const Text of ['好'.repeat(150), 'word '.repeat(100)]) assert.ok((await client().TextToVoice({ ...hello, Text })).Audio);
  });

  test('a signature by another key is refused', async () => {
    await assert.rejects(client({ secretId, secretKey: 'another' }).TextToVoice(hello), code('AuthFailure.SignatureFailure'));
  });

  test('an id nobody has is refused', async () => {
    await assert.rejects(client({ secretId: 'nobody', secretKey: 'ydobon' }).TextToVoice(hello), code('AuthFailure.SecretIdNotFound'));
  });

  test('switches speak in the words of the service', async () => {
    await simulator.faults({ throttle: {} });
    await assert.rejects(client().TextToVoice(hello), code('LimitExceeded.AccessLimit'));
    await simulator.faults({ failCode: 'UnsupportedOperation.NoBanlance' });
    await assert.rejects(client().TextToVoice(hello), code('UnsupportedOperation.NoBanlance'));
    await simulator.faults({ malformed: 'html' });
    await assert.rejects(client().TextToVoice(hello), (e) => e.httpCode === 502);
  });
});
