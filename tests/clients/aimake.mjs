// Starts a whole AIMake as `./aimake run --simulate` does: the real server, a simulator for every outside service.
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, scratch, start } from '../launcher/server.mjs';
import { startSimulator } from './simulator.mjs';

const bin = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'src', 'AIMake.Server', 'bin');

/** The built server: AIMAKE_SERVER, else whichever build is the latest. */
const program = () => {
  const built = ['Release', 'Debug']
    .map((kind) => join(bin, kind, 'net10.0', 'AIMake.Server'))
    .filter(existsSync)
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  const found = process.env.AIMAKE_SERVER ?? built[0];
  if (!found) throw new Error('There is no built server. Run: dotnet build src/AIMake.Server');
  return found;
};

const settingsIn = (file) =>
  Object.fromEntries(
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line.includes('='))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );

let users = 0;

/** Starts both. `env` are settings of the server beyond those the simulator gives. */
export const startAIMake = async (env = {}) => {
  const data = scratch();
  const settings = join(data.path, 'simulated.settings');
  const port = await freePort();
  const simulator = await startSimulator('--settings', settings, '--webhooks', `http://127.0.0.1:${port}`);
  let server;
  try {
    mkdirSync(join(data.path, 'data', 'providers'), { recursive: true });
    server = await start([program(), 'run', '--Simulation:DemoKey', 'true'], {
      data: join(data.path, 'data'),
      port,
      env: { ...settingsIn(settings), ...env },
    });
  } catch (fault) {
    await simulator.stop();
    data.remove();
    throw fault;
  }

  const ask = async (token, path, body) => {
    const answer = await fetch(server.url + path, {
      method: body ? 'POST' : 'GET',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
    return JSON.parse(text).data;
  };

  return {
    url: server.url,
    simulator,
    data: join(data.path, 'data'),
    /** The key the server printed at its start. */
    printedKey: async () => {
      for (let tries = 0; tries < 200; tries++) {
        const key = /API key: +(\S+)/.exec(server.output())?.[1];
        if (key) return key;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      throw new Error(`no key was printed:\n${server.output()}`);
    },
    /** A fresh user with a plan's credits: asks the API in person, and makes keys. */
    user: async () => {
      const username = `client${++users}`;
      const { accessToken } = await ask('', '/api/auth/register', {
        username,
        email: `${username}@example.com`,
        password: `a quiet little studio ${users}`,
        agreement: true,
      });
      return {
        get: (path) => ask(accessToken, path),
        key: async (terms = {}) =>
          (await ask(accessToken, '/api/tokens', { name: 'client test', scopes: ['chat', 'embeddings', 'speech', 'transcription', 'images', 'videos', 'models'], ...terms })).secret,
        /** What the statement says was spent. */
        spent: async () => {
          let [sum, cursor] = [0, ''];
          do {
            const page = await ask(accessToken, `/api/credits/entries?kind=spend&limit=100${cursor && `&cursor=${cursor}`}`);
            sum -= page.items.reduce((total, entry) => total + Math.round(entry.amount * 1e6), 0);
            cursor = page.nextCursor;
          } while (cursor);
          return sum / 1e6;
        },
      };
    },
    stop: async () => {
      const { code } = await server.stop();
      await simulator.stop();
      data.remove();
      return code;
    },
  };
};
