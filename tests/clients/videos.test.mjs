// The official OpenAI client makes videos at vendors that have never heard of OpenAI.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import OpenAI, { toFile } from 'openai';
import { startAIMake } from './aimake.mjs';
import { faults, missing } from './specs.mjs';

const dot = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

let aimake;
let user;
let client;

const until = async (id) => {
  for (let tries = 0; tries < 400; tries++) {
    const video = await client.videos.retrieve(id);
    if (video.status === 'completed' || video.status === 'failed') return video;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`${id} has not ended`);
};
const bytesOf = async (answer) => Buffer.from(await answer.arrayBuffer());

before(async () => {
  aimake = await startAIMake({ Video__PollEvery: '00:00:00.050', Generations__PollEvery: '00:00:00.050' });
});
after(async () => {
  assert.equal(await aimake.stop(), 0);
});
beforeEach(async () => {
  await aimake.simulator.reset();
  user = await aimake.user();
  client = new OpenAI({ apiKey: await user.key(), baseURL: `${aimake.url}/v1`, maxRetries: 0 });
});

describe('videos', () => {
  test('are ordered, watched, downloaded and deleted', async () => {
    const { data: ordered, response } = await client.videos.create({ model: 'veo3_fast', prompt: 'A paper boat 🎉', seconds: '8', size: '720x1280' }).withResponse();
    assert.equal(response.headers.get('x-aimake-credits'), '45');
    assert.deepEqual([ordered.object, ordered.size, ordered.seconds, ordered.prompt], ['video', '720x1280', '8', 'A paper boat 🎉']);

    const made = await until(ordered.id);
    assert.deepEqual([made.status, made.progress, made.error], ['completed', 100, null]);
    const film = await bytesOf(await client.videos.downloadContent(made.id));
    assert.equal(film.subarray(4, 8).toString(), 'ftyp');
    const still = await bytesOf(await client.videos.downloadContent(made.id, { variant: 'thumbnail' }));
    assert.equal(still.subarray(0, 4).toString(), 'RIFF');
    assert.equal(await user.spent(), 45);

    assert.deepEqual(await client.videos.delete(made.id), { id: made.id, object: 'video.deleted', deleted: true });
    await assert.rejects(client.videos.retrieve(made.id), OpenAI.NotFoundError);
  });

  test('begin with a picture, as a file and as a data URL', async () => {
    const file = await client.videos.create({ model: 'gen4_turbo', prompt: 'It moves', seconds: '5', input_reference: await toFile(dot, 'dot.png', { type: 'image/png' }) });
    const url = await client.videos.create({ model: 'gen4_turbo', prompt: 'It moves', seconds: '5', input_reference: { image_url: `data:image/png;base64,${dot.toString('base64')}` } });
    for (const { id } of [file, url]) assert.equal((await until(id)).status, 'completed');
  });

  test('are listed page by page by the client itself', async () => {
    const ids = [];
    for (let i = 0; i < 5; i++) ids.unshift((await client.videos.create({ model: 'veo3_fast', prompt: `Number ${i}` })).id);
    const listed = [];
    for await (const video of client.videos.list({ limit: 2 })) listed.push(video.id);
    assert.deepEqual(listed, ids);
  });

  test('that fail say why and cost nothing', async () => {
    const { id } = await client.videos.create({ model: 'veo3_fast', prompt: '[fail:400]' });
    const failed = await until(id);
    assert.deepEqual([failed.status, failed.error.code], ['failed', 'upstream_rejected']);
    assert.equal(await user.spent(), 0);
    await assert.rejects(client.videos.downloadContent(id), OpenAI.BadRequestError);
    await assert.rejects(client.videos.create({ model: 'sora-2', prompt: 'x' }), OpenAI.NotFoundError);
    await assert.rejects(client.videos.create({ model: 'veo3_fast', prompt: 'x', seconds: '12' }), (fault) => fault instanceof OpenAI.BadRequestError && fault.param === 'seconds');
  });

  test('have the shape OpenAI describes', { skip: missing }, async () => {
    const ordered = await client.videos.create({ model: 'veo3_fast', prompt: 'Shapes', size: '1280x720' });
    assert.deepEqual(faults('VideoResource', ordered), []);
    assert.deepEqual(faults('VideoResource', await until(ordered.id)), []);
    const list = await fetch(`${aimake.url}/v1/videos`, { headers: { Authorization: `Bearer ${client.apiKey}` } });
    assert.deepEqual(faults('VideoListResource', await list.json()), []);
    assert.deepEqual(faults('DeletedVideoResource', await client.videos.delete(ordered.id)), []);
  });
});
