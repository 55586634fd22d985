import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { freePort, scratch, start } from './server.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const text = (path) => readFileSync(join(root, path), 'utf8');

test('every_curl_example_of_the_readme_is_a_step_of_the_walk', () => {
  const examples = [...text('README.md').matchAll(/```bash\n([^]*?)```/g)].map((match) => match[1]).filter((example) => example.includes('curl'));
  assert.ok(examples.length > 5, 'the examples are not where they were');
  const walk = text('docs/examples/walk.sh');
  for (const example of examples) assert.ok(walk.includes(example), `not in docs/examples/walk.sh:\n${example}`);
});

test('the_examples_work_from_beginning_to_end_and_leave_the_books_balanced', async (t) => {
  const data = scratch();
  t.after(data.remove);
  const server = await start([join(root, 'aimake'), 'run'], { data: data.path, port: await freePort() });
  try {
    const told = (step) => `${step.stdout}\n${step.stderr}\n--- the server said\n${server.output()}`;
    const walk = spawnSync(join(root, 'docs/examples/walk.sh'), { encoding: 'utf8', env: { ...process.env, AIMAKE: server.url } });
    assert.equal(walk.status, 0, told(walk));
    const doctor = spawnSync(join(root, 'aimake'), ['doctor', '--ledger'], { encoding: 'utf8', env: { ...process.env, AIMAKE_DATA: data.path } });
    assert.equal(doctor.status, 0, told(doctor));
  } finally {
    await server.stop();
  }
});

for (const page of ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md', 'docs/decisions/README.md', 'docs/states/generation.md', 'docs/states/hold.md'])
  test(`every_link_and_path_of_${page}_leads_somewhere`, () => {
    const links = [...text(page).matchAll(/\]\(([^)#]+)[^)]*\)/g)].map((match) => match[1]).filter((link) => !/^https?:/.test(link));
    const places = [...text(page).matchAll(/`((?:src|web|tests|docs|bench)\/[\w./-]*)`/g)].map((match) => match[1]);
    for (const link of links) assert.ok(existsSync(join(root, dirname(page), link)), `${page} points to ${link}`);
    for (const place of places) assert.ok(existsSync(join(root, place)), `${page} names ${place}`);
  });
