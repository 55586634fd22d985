// Starts the simulator as a process of its own and talks to its controls.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const bin = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'src', 'AIMake.Simulator', 'bin');

/** The built program: AIMAKE_SIMULATOR, else whichever build is the latest. */
const program = () => {
  const built = ['Release', 'Debug']
    .map((kind) => join(bin, kind, 'net10.0', 'AIMake.Simulator.dll'))
    .filter(existsSync)
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  const found = process.env.AIMAKE_SIMULATOR ?? built[0];
  if (!found) throw new Error('There is no built simulator. Run: dotnet build src/AIMake.Simulator');
  return found;
};

export const startSimulator = async (...args) => {
  const child = spawn('dotnet', [program(), '--port', '0', ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const firstLine = once(createInterface({ input: child.stdout }), 'line');
  const [line] = await Promise.race([
    firstLine,
    exited.then(([code]) => {
      throw new Error(`The simulator ended with code ${code} before it was ready.`);
    }),
  ]);
  const { address } = JSON.parse(line);
  const post = async (path, body) => {
    const answer = await fetch(address + path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body ?? {}),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  };
  return {
    address,
    post,
    /** Posts to a control that answers with what it changed. */
    tell: async (path) => {
      const answer = await fetch(address + path, { method: 'POST' });
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
      return answer.json();
    },
    get: async (path) => {
      const text = await (await fetch(address + path)).text();
      return text && JSON.parse(text);
    },
    faults: (setting) => post('/__faults', setting),
    reset: () => post('/__reset'),
    book: async () => (await (await fetch(`${address}/__book`)).json()).calls,
    stop: async () => {
      child.kill('SIGTERM');
      const [code] = await exited;
      return code;
    },
  };
};
