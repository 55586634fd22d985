// Starts the built server on a free port with data of its own, and stops it again. Used by the launcher's tests and,
// through with-server.mjs, by every suite that needs a whole running product.
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A port nobody listens on, below those that systems give to outgoing connections (from 32768 on): one of these may be taken for a
 * connection before the server that was told of it listens.
 */
export const freePort = (tries = 50) =>
  new Promise((resolve, reject) => {
    const wanted = 20_000 + Math.floor(Math.random() * 12_000);
    const probe = createServer().on('error', (fault) =>
      tries > 1 && fault.code === 'EADDRINUSE' ? resolve(freePort(tries - 1)) : reject(fault),
    );
    probe.listen(wanted, '0.0.0.0', () => probe.close(() => resolve(wanted)));
  });

/** A folder the database's own user can reach as well, removed by the function that comes with it. */
export const scratch = () => {
  const path = mkdtempSync(join(tmpdir(), 'aimake-'));
  chmodSync(path, 0o755);
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
};

/** Runs `command` (it gets --port and --data added), resolves once /health/ready answers 200. */
export const start = async (command, { data, port, env = {}, seconds = 60 }) => {
  const [program, ...given] = command;
  const child = spawn(program, [...given, '--port', String(port), '--data', data], {
    // Several servers may run at once here: none may insist on a port.
    env: { ...process.env, METRICS_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  const ended = new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal })));
  const running = {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid,
    output: () => output,
    stop: (signal = 'SIGTERM') => (child.kill(signal), ended),
  };
  const began = Date.now();
  while (!(await ready(running.url))) {
    if (child.exitCode !== null || child.signalCode !== null || Date.now() - began > seconds * 1000) {
      await running.stop('SIGTERM');
      throw new Error(`the server was not ready within ${seconds} s. It said:\n${output}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  running.readyAfter = Date.now() - began;
  return running;
};

const ready = (url) =>
  fetch(`${url}/health/ready`).then(
    (answer) => answer.ok,
    () => false,
  );
