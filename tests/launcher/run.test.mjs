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

before(async () => (await run()).stop()); // the first start makes the database
after(data.remove);

for (const signal of ['SIGTERM', 'SIGINT'])
  test(`a_start_without_changes_builds_nothing_is_ready_soon_and_${signal}_ends_all_of_it`, async () => {
    const server = await run();
    assert.doesNotMatch(server.output(), /Building|Fetching|Installing/);
    assert.ok(server.readyAfter < 5000, `ready only after ${server.readyAfter} ms`);
    assert.match(server.output(), new RegExp(server.url.replace('127.0.0.1', '(127.0.0.1|localhost)')), 'it says where to go');
    assert.notDeepEqual(living(), []);
    assert.deepEqual(await server.stop(signal), { code: 0, signal: null });
    assert.deepEqual(living(), []);
  });
