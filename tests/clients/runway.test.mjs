// The official Runway client believes it talks to Runway.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import RunwayML, { APIError, AuthenticationError, BadRequestError, InternalServerError, NotFoundError, RateLimitError, TaskFailedError, toFile } from '@runwayml/sdk';
import { startSimulator } from './simulator.mjs';

const key = `key_${'5e'.repeat(64)}`;
let simulator;
const client = (options = {}) => new RunwayML({ apiKey: key, baseURL: `${simulator.address}/runway`, maxRetries: 0, ...options });
const clip = { model: 'gen4.5', promptText: 'a paper boat in the rain', ratio: '1280:720', duration: 2 };
const ended = ['SUCCEEDED', 'FAILED', 'CANCELLED'];
const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC', 'base64');

/** Asks as often as it takes, without the pauses the client would make. */
const watch = async (id) => {
  const seen = [];
  do seen.push(await client().tasks.retrieve(id));
  while (!ended.includes(seen.at(-1).status));
  return seen;
};

before(async () => {
  simulator = await startSimulator();
});
after(async () => {
  assert.equal(await simulator.stop(), 0);
});
beforeEach(() => simulator.reset());

describe('a clip', () => {
  test('is ordered, waits, runs and is there, with what it cost', async () => {
    const order = await client().textToVideo.create(clip);
    assert.match(order.id, /^[0-9a-f-]{36}$/);
    assert.deepEqual(order.estimatedCost, { credits: 24 });
    const states = await watch(order.id);
    assert.deepEqual(states.map(({ status }) => status), ['PENDING', 'RUNNING', 'SUCCEEDED']);
    assert.ok(states[1].progress > 0 && states[1].progress < 1);
    const done = states[2];
    assert.deepEqual(done.cost, { credits: 24 });
    assert.ok(!Number.isNaN(Date.parse(done.createdAt)));
    const film = Buffer.from(await (await fetch(done.output[0])).arrayBuffer());
    assert.equal(film.subarray(4, 8).toString(), 'ftyp');
    assert.match(done.output[0], /[?]_jwt=/);
  });

  // The client pauses some six seconds between its questions, so both are waited for at once.
  test('is waited for by the client itself, and one that fails is an error', { timeout: 60_000 }, async () => {
    const [task] = await Promise.all([
      client().textToVideo.create(clip).waitForTaskOutput(),
      assert.rejects(client().textToVideo.create({ ...clip, promptText: 'x [fail:ASSET.INVALID]' }).waitForTaskOutput(), TaskFailedError),
    ]);
    assert.equal(task.status, 'SUCCEEDED');
    assert.equal(task.output.length, 1);
  });

  test('is made of a picture inside the order, or of one that was uploaded', async () => {
    const inside = `data:image/png;base64,${png.toString('base64')}`;
    await client().imageToVideo.create({ ...clip, model: 'gen4_turbo', promptImage: inside });
    await client().imageToVideo.create({ ...clip, model: 'veo3.1', duration: 4, promptImage: [{ uri: inside, position: 'first' }] });
    const { uri } = await client().uploads.createEphemeral({ file: await toFile(png, 'first.png', { type: 'image/png' }) });
    assert.match(uri, /^runway:\/\//);
    await client().imageToVideo.create({ ...clip, model: 'gen4_turbo', promptImage: uri });
    await assert.rejects(client().imageToVideo.create({ ...clip, promptImage: 'runway://somebody-elses' }), BadRequestError);
    await assert.rejects(client().imageToVideo.create({ ...clip, promptImage: 'http://127.0.0.1/a.png' }), BadRequestError);
  });

  test('that fails says why in a code', async () => {
    const { id } = await client().textToVideo.create({ ...clip, promptText: 'x [fail:SAFETY.INPUT.TEXT]' });
    const failed = (await watch(id)).at(-1);
    assert.equal(failed.status, 'FAILED');
    assert.equal(failed.failureCode, 'SAFETY.INPUT.TEXT');
    assert.equal(typeof failed.failure, 'string');
    assert.deepEqual(failed.cost, { credits: 0 });
  });

  test('that is called off is gone', async () => {
    const { id } = await client().textToVideo.create(clip);
    await client().tasks.delete(id);
    await assert.rejects(client().tasks.retrieve(id), NotFoundError);
  });

  test('waits while two others run', async () => {
    const ids = [];
    for (let i = 0; i < 3; i++) ids.push((await client().textToVideo.create(clip)).id);
    for (const id of ids.slice(0, 2)) {
      await client().tasks.retrieve(id);
      await client().tasks.retrieve(id);
    }
    await client().tasks.retrieve(ids[2]);
    assert.equal((await client().tasks.retrieve(ids[2])).status, 'THROTTLED');
    await watch(ids[0]);
    assert.equal((await watch(ids[2])).at(-1).status, 'SUCCEEDED');
  });
});

describe('a picture', () => {
  test('is made with others to refer to', async () => {
    const uri = `data:image/png;base64,${png.toString('base64')}`;
    const { id } = await client().textToImage.create({ model: 'gen4_image', promptText: '@hero at dawn', ratio: '1920:1080', referenceImages: [{ uri, tag: 'hero' }] });
    const done = (await watch(id)).at(-1);
    const picture = Buffer.from(await (await fetch(done.output[0])).arrayBuffer());
    assert.equal(picture.subarray(1, 4).toString(), 'PNG');
    assert.deepEqual(JSON.parse((await simulator.book())[0].body).referenceImages, [{ uri, tag: 'hero' }]);
  });
});

describe('refusals', () => {
  const wrong = [
    ['a model nobody has', { model: 'gen3a_turbo' }, 'model'],
    ['a ratio it does not make', { ratio: '5:4' }, 'ratio'],
    ['a length it does not make', { duration: 11 }, 'duration'],
    ['no words', { promptText: '' }, 'promptText'],
    ['too many words', { promptText: 'a'.repeat(1001) }, 'promptText'],
    ['no length', { duration: undefined }, 'duration'],
  ];
  for (const [what, change, field] of wrong)
    test(`${what} is refused by name`, async () => {
      await assert.rejects(client().textToVideo.create({ ...clip, ...change }), (e) => {
        assert.ok(e instanceof BadRequestError);
        assert.equal(e.error.error, 'Validation of body failed');
        assert.deepEqual(e.error.issues.map(({ path }) => path[0]), [field]);
        return true;
      });
    });

  test('all of it is told at once', async () => {
    await assert.rejects(client().textToVideo.create({ model: 'gen4.5' }), (e) => e.error.issues.length === 3);
  });

  test('a wrong key, another version, an empty balance, a full day and a broken service are told apart', async () => {
    await assert.rejects(client({ apiKey: 'sk-other' }).textToVideo.create(clip), AuthenticationError);
    await assert.rejects(client({ runwayVersion: '2023-01-01' }).textToVideo.create(clip), BadRequestError);
    await simulator.faults({ failStatus: 400, failCode: 'no_credits' });
    await assert.rejects(client().textToVideo.create(clip), (e) => e instanceof BadRequestError && /enough credits/.test(e.error.error));
    await simulator.faults({ throttle: {} });
    await assert.rejects(client().textToVideo.create(clip), RateLimitError);
    await simulator.faults({ failStatus: 503 });
    await assert.rejects(client().textToVideo.create(clip), InternalServerError);
    await simulator.faults({ malformed: 'html' });
    await assert.rejects(client().textToVideo.create(clip), APIError);
  });

  test('the client tries again by itself after a failure that passes', async () => {
    await simulator.faults({ failStatus: 503, failTimes: 1 });
    await client({ maxRetries: 1 }).textToVideo.create(clip);
    assert.deepEqual((await simulator.book()).map(({ status }) => status), [503, 200]);
  });
});

test('the organisation tells its balance', async () => {
  const organization = await client().organization.retrieve();
  assert.equal(typeof organization.creditBalance, 'number');
  assert.equal(organization.tier.models.gen4_turbo.maxDailyGenerations, null);
});
