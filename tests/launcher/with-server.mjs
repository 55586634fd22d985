// node with-server.mjs COMMAND...: runs the command beside a fresh server, whose address it finds in AIMAKE_URL.
// AIMAKE_SERVER names the built executable. Fails when the command does, or when the server does not stop cleanly.
import { spawn } from 'node:child_process';
import { freePort, scratch, start } from './server.mjs';

const [program, ...rest] = process.argv.slice(2);
const data = scratch();
// a browser suite signs in more often in a minute than the people of one address do
const env = { RateLimits__Auth: '100000', RateLimits__PerAddress: '100000' };
const server = await start([process.env.AIMAKE_SERVER, 'run'], { data: data.path, port: await freePort(), env });
process.on('SIGTERM', () => {}); // the command gets it too, ends, and the server is stopped below
// the one-time link of a fresh installation, for the test that becomes its admin
const setup = /\/setup\?token=\S+/.exec(server.output())?.[0] ?? '';
const status = await new Promise((resolve) => {
  spawn(program, rest, { stdio: 'inherit', env: { ...process.env, AIMAKE_URL: server.url, AIMAKE_SETUP: setup } })
    .on('error', (fault) => (console.error(fault.message), resolve(127)))
    .on('close', (code) => resolve(code ?? 1));
});
const { code, signal } = await server.stop();
data.remove();
if (status !== 0 || code !== 0) {
  const told = server.output().split('\n').filter((line) => !/"LogLevel":"(Information|Debug|Trace)"/.test(line));
  console.error(`command: ${status}, server: ${code ?? signal}. What the server said, its daily business left out:\n${told.join('\n')}`);
}
process.exitCode = status || (code === 0 ? 0 : 1);
