// node server.mjs [lenient]: runs the S3 server on a free port with a fresh folder and one bucket; prints its port, ends
// when its input ends. Lenient, it takes any signature.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from '@20minutes/s3rver';

const directory = mkdtempSync(join(tmpdir(), 'aimake-s3-'));
const server = new S3rver({ address: '127.0.0.1', port: 0, silent: true, directory, allowMismatchedSignatures: process.argv[2] === 'lenient', configureBuckets: [{ name: 'media', configs: [] }] });
const { port } = await server.run();
console.log(port);

const end = async () => {
  await server.close();
  rmSync(directory, { recursive: true, force: true });
  process.exit(0);
};
process.stdin.resume().on('end', end);
process.on('SIGTERM', end);
