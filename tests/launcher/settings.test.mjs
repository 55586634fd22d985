import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const names = (path, pattern) => [...readFileSync(join(root, path), 'utf8').matchAll(pattern)].map((match) => match[1]).sort();

test('env_example_names_exactly_the_settings_the_server_reads', () => {
  const read = names('src/AIMake.Server/Platform/Settings/FlatNames.cs', /\["([A-Z0-9_]+)"\] = /g);
  assert.ok(read.length > 20, 'the table of names is not where it was');
  assert.deepEqual(names('.env.example', /^([A-Z0-9_]+)=/gm), read);
});
