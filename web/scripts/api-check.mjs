// Fails when the committed types are not those of the server's present API description.
// ../artifacts/openapi.json is written by the server's `openapi` command.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';

const kept = 'src/api/schema.d.ts';
const dir = mkdtempSync(path.join(os.tmpdir(), 'api-'));
const fresh = path.join(dir, 'schema.d.ts');
execFileSync(
  'node_modules/.bin/openapi-typescript',
  ['../artifacts/openapi.json', '-o', fresh, '--default-non-nullable', 'false'],
  { stdio: ['ignore', 'ignore', 'inherit'] },
);
const expected = await format(readFileSync(fresh, 'utf8'), {
  ...(await resolveConfig(kept)),
  parser: 'typescript',
});
rmSync(dir, { recursive: true });
if (expected !== readFileSync(kept, 'utf8')) {
  const out = '../artifacts/schema.d.ts';
  writeFileSync(out, expected);
  console.error(`${kept} is stale: run npm run api:types and commit it (the fresh one is in ${out}).`);
  process.exitCode = 1;
}
