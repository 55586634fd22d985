// Synthesia has no client of its own; its webhooks are checked here by the rule of its documentation, written anew.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import { after, before, beforeEach, describe, test } from 'node:test';
import { startSimulator } from './simulator.mjs';

let simulator;
const key = 'sk-client-test';
const call = (method, path, body) =>
  fetch(`${simulator.address}/synthesia/v2${path}`, { method, headers: { Authorization: key, 'Content-Type': 'application/json' }, body: body && JSON.stringify(body) });
const scene = { avatar: 'anna_costume1_cameraA', background: 'off_white', scriptText: 'Hello.' };

/** A receiver that answers with the given statuses in turn, then 200. */
const receive = async (statuses = []) => {
  const deliveries = [];
  const server = http.createServer(async (request, response) => {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    deliveries.push({ headers: request.headers, body: Buffer.concat(pieces).toString() });
    response.writeHead(statuses.shift() ?? 200).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { deliveries, url: `http://127.0.0.1:${server.address().port}/hook`, close: () => server.close() };
};
const register = async (url) => (await call('POST', '/webhooks', { url, events: ['video.completed', 'video.failed'] })).json();
const forget = (hook) => call('DELETE', `/webhooks/${hook.id}`);
const order = async (more = {}) => (await call('POST', '/videos', { input: [scene], ...more })).json();

before(async () => {
  simulator = await startSimulator();
});
after(async () => {
  assert.equal(await simulator.stop(), 0);
});
beforeEach(() => simulator.reset());

describe('a webhook', () => {
  test('is told of a film’s end, signed with the secret of its registration', async () => {
    const receiver = await receive();
    const hook = await register(receiver.url);
    const film = await order({ callbackId: 'run-7' });
    await fetch(`${simulator.address}/__synthesia/${film.id}/finish`, { method: 'POST' });
    const [{ headers, body }, ...others] = receiver.deliveries;
    assert.deepEqual(others, []);
    assert.equal(headers['synthesia-signature'], createHmac('sha256', hook.secret).update(`${headers['synthesia-timestamp']}.${body}`).digest('hex'));
    const event = JSON.parse(body);
    assert.deepEqual([event.type, event.data.id, event.data.callbackId], ['video.completed', film.id, 'run-7']);
    assert.ok(!('secret' in (await (await call('GET', '/webhooks')).json()).webhooks[0]));
    await forget(hook);
    receiver.close();
  });

  test('is tried three times, and may be told twice', async () => {
    const receiver = await receive([500, 503]);
    const hook = await register(receiver.url);
    const film = await order({ title: 'error please' });
    await fetch(`${simulator.address}/__synthesia/${film.id}/finish?times=2`, { method: 'POST' });
    assert.equal(receiver.deliveries.length, 4);
    assert.equal(JSON.parse(receiver.deliveries[3].body).type, 'video.failed');
    await forget(hook);
    receiver.close();
  });
});

describe('a film', () => {
  test('is under way for a while and then a real MP4 at a link that changes', async () => {
    const film = await order({ aspectRatio: '9:16' });
    let now = film;
    for (let i = 0; i < 10 && now.status === 'in_progress'; i++) now = await (await call('GET', `/videos/${film.id}`)).json();
    assert.equal(now.status, 'complete');
    assert.ok(Number.isInteger(now.createdAt));
    const mp4 = Buffer.from(await (await fetch(now.download)).arrayBuffer());
    assert.equal(mp4.subarray(4, 8).toString(), 'ftyp');
    assert.notEqual((await (await call('GET', `/videos/${film.id}`)).json()).download, now.download);
    assert.equal((await fetch(now.download.replace(/Expires=\d+/, 'Expires=1'))).status, 403);
  });

  const refused = [
    ['no scene', { input: [] }],
    ['too many', { input: Array(26).fill(scene) }],
    ['a member nobody knows', { voice: 'x' }],
    ['a scene without an avatar', { input: [{ background: 'off_white', scriptText: 'x' }] }],
    ['an avatar nobody has', { input: [{ ...scene, avatar: 'nobody' }] }],
    ['a circle that leans', { input: [{ ...scene, avatarSettings: { style: 'circular', horizontalAlign: 'left' } }] }],
  ];
  for (const [what, body] of refused)
    test(`with ${what} is refused`, async () => {
      const answer = await call('POST', '/videos', { input: [scene], ...body });
      assert.equal(answer.status, 400);
      assert.equal(typeof (await answer.json()).error, 'string');
    });

  test('needs the key as it is, without a scheme', async () => {
    const answer = await fetch(`${simulator.address}/synthesia/v2/videos`, { headers: { Authorization: `Bearer ${key}` } });
    assert.equal(answer.status, 403);
  });
});
