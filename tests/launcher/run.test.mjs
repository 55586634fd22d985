// The real launcher with the real server, on an address and data of its own. `./aimake test` has built both.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { freePort, scratch, start } from './server.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const data = scratch();
const run = async () => start([join(root, 'aimake'), 'run'], { data: data.path, port: await freePort() });

const living = () =>
  spawnSync('ps', ['-eo', 'stat=,args='])
    .stdout.toString()
    .split('\n')
    .filter((line) => line.includes(data.path) && !line.startsWith('Z'));

/** What the server says, once it has said it: it is ready a little before. */
const said = async (server, pattern) => {
  for (let tries = 0; tries < 600; tries++) {
    const found = pattern.exec(server.output());
    if (found) return found[1];
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`it never said ${pattern}. It said:\n${server.output()}`);
};

before(async () => (await run()).stop()); // the first start makes the database
after(data.remove);

for (const signal of ['SIGTERM', 'SIGINT'])
  test(`a_start_without_changes_builds_nothing_is_ready_soon_and_${signal}_ends_all_of_it`, async () => {
    const server = await run();
    assert.doesNotMatch(server.output(), /Building|Fetching|Installing/);
    assert.ok(server.readyAfter < 20_000, `ready only after ${server.readyAfter} ms`);
    assert.match(server.output(), new RegExp(server.url.replace('127.0.0.1', '(127.0.0.1|localhost)')), 'it says where to go');
    assert.notDeepEqual(living(), []);
    assert.deepEqual(await server.stop(signal), { code: 0, signal: null });
    assert.deepEqual(living(), []);
  });

test('a_simulation_prints_a_key_that_works_and_a_page_that_ends_with_it', async () => {
  const server = await start([join(root, 'aimake'), 'run', '--simulate'], { data: `${data.path}/simulated`, port: await freePort(), seconds: 300 });
  const page = /what they are asked: (http:\S+)/.exec(server.output())?.[1];
  try {
    const key = await said(server, /API key: +(\S+)/);
    const credits = await fetch(`${server.url}/api/credits`, { headers: { Authorization: `Bearer ${key}` } });
    assert.equal(credits.status, 200, server.output());
    assert.match(await (await fetch(page)).text(), /AIMake simulator/);
    const { data: voices } = await (await fetch(`${server.url}/api/voices?provider=openai`, { headers: { Authorization: `Bearer ${key}` } })).json();
    assert.ok(voices.items.length > 0, 'the providers are set up');
    const chat = await fetch(`${server.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Good morning' }] }),
    });
    assert.match(await chat.text(), /You said: Good morning/);
  } finally {
    assert.deepEqual(await server.stop('SIGINT'), { code: 0, signal: null });
  }
  for (let tries = 0; await fetch(page).then(() => true, () => false); tries++) {
    assert.ok(tries < 200, 'the simulator outlived its server');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
});
