// A PostgreSQL of a test's own, which it can stop and start while a server works on it. (The one a server keeps for itself it revives.)
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, scratch } from '../launcher/server.mjs';

const DEBIAN = '/usr/lib/postgresql';

/** Runs one of PostgreSQL's programs, which refuse to be root. */
const run = (program, ...args) => {
  const [newest] = readdirSync(DEBIAN).sort((a, b) => b - a);
  const call = [join(DEBIAN, newest, 'bin', program), ...args];
  const [first, ...rest] = process.getuid() === 0 ? ['runuser', '-u', 'postgres', '--', ...call] : call;
  execFileSync(first, rest, { stdio: 'ignore', cwd: '/' });
};

export const startPostgres = async () => {
  const folder = scratch();
  const [data, port] = [join(folder.path, 'cluster'), await freePort()];
  mkdirSync(data);
  if (process.getuid() === 0) execFileSync('chown', ['postgres', folder.path, data]);
  run('initdb', '-D', data, '-U', 'aimake', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync');
  const options = `-p ${port} -h 127.0.0.1 -k ${folder.path} -c max_connections=60`;
  const start = () => run('pg_ctl', '-D', data, '-w', '-o', options, '-l', join(folder.path, 'log'), 'start');
  const stop = () => run('pg_ctl', '-D', data, '-w', '-m', 'fast', 'stop');
  start();
  return {
    /** As DATABASE_URL. */
    url: `postgres://aimake@127.0.0.1:${port}/postgres`,
    start,
    stop,
    remove: () => {
      stop();
      folder.remove();
    },
  };
};
