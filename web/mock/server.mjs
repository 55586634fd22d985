// A stand-in for the server while it is being written: serves the built app with the same headers and
// fakes the API, so that pages can be looked at and tested in a browser.
import { existsSync, readFileSync, statSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { randomUUID } from 'node:crypto';
import { spawnSync } from 'node:child_process';

const port = Number(process.env.PORT ?? 5180);
const dist = path.resolve('dist');
const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
};
const csp =
  "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

const VOICES = [
  ['en-gb', 'Harriet', 'Clear and unhurried', 'female', 'en-GB'],
  ['en-us', 'Walter', 'Level, newsreader', 'male', 'en-US'],
  ['cmn', '林汐', '普通话，沉稳', 'female', 'cmn'],
  ['yue', '嘉欣', '粤语', 'female', 'yue'],
  ['ja', 'Haruka', 'Japanese', 'female', 'ja'],
  ['de', 'Anneliese', 'German', 'female', 'de'],
  ['fr-fr', 'Camille', 'French', 'female', 'fr-FR'],
  ['es', 'Marisol', 'Spanish', 'female', 'es'],
  ['en-scotland', 'Isla', 'Scottish', 'female', 'en-GB'],
  ['it', 'Luca', 'Italian', 'male', 'it'],
  ['pt-br', 'Rafaela', 'Brazilian', 'female', 'pt-BR'],
  ['ko', 'Minji', 'Korean', 'female', 'ko'],
].map(([id, name, description, gender, language]) => ({
  id,
  name,
  description,
  gender,
  language,
  provider: 'espeak',
  model: 'espeak-ng',
  previewUrl: `/api/voices/${id}/preview`,
  pricePerThousandCharacters: 0.2,
}));
const me = {
  id: randomUUID(),
  username: 'mei',
  email: 'mei@example.com',
  firstName: 'Mei',
  lastName: 'Tan',
  avatar: null,
  preferences: { theme: 'system', language: process.env.MOCK_LANG ?? 'en', notifications: true },
  role: 'admin',
  status: 'active',
  createdAt: '2026-11-01T00:00:00Z',
};
let used = 12.4;
const jobs = new Map();
const audios = new Map();
const price = (text) => ([...text].length * 0.2) / 1000;
const speak = (text, voice) => {
  const wav = spawnSync('espeak-ng', ['-v', voice.startsWith('en') ? 'en' : voice, '--stdin', '--stdout'], {
    input: text,
    maxBuffer: 1e9,
  }).stdout;
  const mp3 = spawnSync('ffmpeg', ['-loglevel', 'error', '-i', '-', '-b:a', '64k', '-f', 'mp3', '-'], {
    input: wav,
    maxBuffer: 1e9,
  }).stdout;
  const step = Math.max(2, Math.floor((wav.length - 44) / 400 / 2) * 2);
  const peaks = [];
  for (let i = 44; i + step < wav.length; i += step) {
    let m = 0;
    for (let k = i; k < i + step; k += 16) m = Math.max(m, Math.abs(wav.readInt16LE(k & ~1)));
    peaks.push(Math.round((m / 32768) * 1000) / 1000);
  }
  return { mp3, peaks, duration: (wav.length - 44) / 44100 };
};
function finish(j) {
  const { mp3, peaks, duration } = speak(j.text, j.voiceId);
  const id = randomUUID();
  const a = {
    id,
    kind: 'audio',
    title: j.title ?? j.text.slice(0, 48),
    tags: j.tags ?? [],
    url: `/media/${id}.mp3`,
    mimeType: 'audio/mpeg',
    bytes: mp3.length,
    duration,
    generationId: j.id,
    credits: price(j.text),
    createdAt: new Date(j.at ?? Date.now()).toISOString(),
    text: j.text,
    voiceId: j.voiceId,
    speed: 1,
    format: 'mp3',
    peaks,
    mp3,
  };
  audios.set(id, a);
  used += a.credits;
  j.audio = a;
  return a;
}
const view = ({ mp3, ...a }) => a;
const gen = (j) => {
  const p = Math.min(1, (Date.now() - j.at) / j.ms);
  if (p >= 1 && !j.audio && !j.canceled) finish(j);
  return {
    id: j.id,
    kind: 'speech',
    status: j.canceled ? 'canceled' : p >= 1 ? 'succeeded' : p < 0.1 ? 'queued' : 'running',
    progress: p,
    stage: 'speaking',
    model: 'espeak-ng',
    provider: 'espeak',
    credits: price(j.text),
    ceiling: price(j.text),
    createdAt: new Date(j.at).toISOString(),
    startedAt: null,
    finishedAt: null,
    error: null,
    assets: j.audio ? [{ id: j.audio.id, kind: 'audio', url: j.audio.url }] : [],
    timeline: [],
  };
};
for (const [i, [text, voiceId, tags]] of [
  [
    'The harbour wakes before the town does. First the gulls, then a single engine.',
    'en-gb',
    ['novel', 'chapter 1'],
  ],
  ['港口总比小镇醒得早。先是海鸥，接着是一台发动机，在防波堤外的某处咳嗽着苏醒过来。', 'cmn', ['小说']],
  ['Guten Morgen. Heute sprechen wir über das Wetter an der Küste und über die Fischer.', 'de', []],
  ['Welcome to the show. Today: why lighthouses still matter.', 'en-us', ['podcast']],
].entries()) {
  const j = { id: randomUUID(), text, voiceId, tags, at: Date.now() - (i + 1) * 7.3e6, ms: 1 };
  jobs.set(j.id, j);
  finish(j);
}

const read = async (req) => {
  const c = [];
  for await (const x of req) c.push(x);
  return c.length ? JSON.parse(Buffer.concat(c).toString('utf8')) : {};
};

http
  .createServer(async (req, res) => {
    const url = new URL(req.url, 'http://x');
    const p = url.pathname;
    const json = (data, status = 200, headers = {}) =>
      res
        .writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers })
        .end(JSON.stringify({ success: true, data, message: '', errors: null }));
    const refuse = (status, code, message, field) =>
      res.writeHead(status, { 'content-type': 'application/json' }).end(
        JSON.stringify({
          success: false,
          data: null,
          message,
          errors: [{ code, message, field: field ?? null }],
          requestId: randomUUID(),
        }),
      );
    const grant = () => ({ user: me, accessToken: 'mock', expiresIn: 900 });
    try {
      if (/^\/api\/auth\/(login|register|refresh)$/.test(p)) {
        const b = await read(req);
        if (b.password?.startsWith('not'))
          return refuse(401, 'INVALID_CREDENTIALS', 'Name or password is wrong.');
        return json(grant());
      }
      if (p === '/api/auth/me') {
        if (req.method === 'PUT') Object.assign(me, await read(req));
        return json(me);
      }
      if (p === '/api/auth/sessions')
        return json([
          {
            id: 's1',
            current: true,
            createdAt: new Date().toISOString(),
            lastSeenAt: new Date().toISOString(),
            userAgent: req.headers['user-agent'],
            address: '127.0.0.1',
          },
          {
            id: 's2',
            current: false,
            createdAt: new Date().toISOString(),
            lastSeenAt: new Date(Date.now() - 9e7).toISOString(),
            userAgent: 'iPhone Version/19 Mobile Safari/604.1',
            address: '192.0.2.18',
          },
        ]);
      if (p.startsWith('/api/auth/')) return json(null);
      if (p === '/api/voices') return json(VOICES);
      if (/^\/api\/voices\/.*\/preview$/.test(p)) {
        const { mp3 } = speak('Hello, this is my voice.', p.split('/')[3]);
        return res.writeHead(200, { 'content-type': 'audio/mpeg', 'content-length': mp3.length }).end(mp3);
      }
      if (p === '/api/tts/quote') {
        const b = await read(req);
        if (!/[\p{L}\p{N}]/u.test(b.text))
          return refuse(400, 'TEXT_EMPTY', 'The text has nothing that can be spoken.', 'text');
        const old = audios.get(b.audioId)?.text ?? '';
        const n = old ? Math.max(1, [...b.text].length - [...old].length) : [...b.text].length;
        const c = (n * 0.2) / 1000;
        return json({
          credits: c,
          ceiling: c,
          lines: [
            { what: 'speech', units: n, unit: 'character', price: 0.0002, credits: c, cached: false },
            ...(old
              ? [
                  {
                    what: 'speech',
                    units: [...old].length,
                    unit: 'character',
                    price: 0.0002,
                    credits: 0,
                    cached: true,
                  },
                ]
              : []),
          ],
        });
      }
      if (p === '/api/tts/generate' || p === '/api/tts/stream') {
        const b = await read(req);
        const stream = p.endsWith('stream');
        const j = { id: randomUUID(), ...b, at: Date.now(), ms: Math.max(2500, b.text.length * 8) };
        jobs.set(j.id, j);
        if (!stream) return json({ generationId: j.id }, 202);
        const { mp3 } = speak(b.text, b.voiceId);
        res.writeHead(200, { 'content-type': 'audio/mpeg', 'x-aimake-generation-id': j.id });
        const n = 12;
        for (let i = 0; i < n; i++) {
          res.write(mp3.subarray(Math.floor((i * mp3.length) / n), Math.floor(((i + 1) * mp3.length) / n)));
          await new Promise((r) => setTimeout(r, j.ms / n));
        }
        return res.end();
      }
      const g = /^\/api\/generations\/([\w-]+)(\/\w+)?$/.exec(p);
      if (g) {
        const j = jobs.get(g[1]);
        if (!j) return refuse(404, 'NOT_FOUND', 'There is nothing here, or it is not yours.');
        if (g[2] === '/cancel') {
          j.canceled = true;
          return json(gen(j));
        }
        if (g[2] === '/receipt')
          return json({
            generationId: j.id,
            provider: 'espeak',
            model: 'espeak-ng',
            lines: [
              {
                what: 'Speech, eSpeak NG',
                units: [...j.text].length,
                unit: 'characters',
                price: 0.0002,
                priceSource: 'house price list, 2026-11-20',
                credits: price(j.text),
                cached: false,
              },
              {
                what: 'Speech, eSpeak NG',
                units: 214,
                unit: 'characters',
                price: 0.0002,
                priceSource: 'house price list, 2026-11-20',
                credits: 0,
                cached: true,
              },
            ],
            credits: price(j.text),
            ceiling: price(j.text) + 0.04,
            retries: 0,
            providerCostUsd: 0,
          });
        if (g[2] === '/events') {
          res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
          let id = 0;
          for (;;) {
            const v = gen(j);
            res.write(
              `id: ${++id}\nevent: progress\ndata: ${JSON.stringify({ status: v.status, progress: v.progress, stage: v.stage })}\n\n`,
            );
            if (v.status === 'succeeded' || v.status === 'canceled') return res.end();
            await new Promise((r) => setTimeout(r, 200));
          }
        }
        return json(gen(j));
      }
      if (p === '/api/audios') {
        const q = (url.searchParams.get('q') ?? '').toLowerCase();
        const tag = url.searchParams.get('tag');
        const bin = url.searchParams.get('deleted') === 'true';
        const items = [...audios.values()]
          .filter((a) => Boolean(a.deletedAt) === bin && (!tag || a.tags.includes(tag)))
          .filter((a) => `${a.title} ${a.text}`.toLowerCase().includes(q))
          .sort((a, b) => b.createdAt.localeCompare(a.createdAt));
        return json({ items: items.map(view), nextCursor: null });
      }
      const a = /^\/api\/audios\/([\w-]+)(\/[\w.]+)?$/.exec(p);
      if (a) {
        const audio = audios.get(a[1]);
        if (!audio) return refuse(404, 'NOT_FOUND', 'There is nothing here, or it is not yours.');
        if (a[2] === '/restore') delete audio.deletedAt;
        if (a[2] === '/edit') {
          const { text } = await read(req);
          const j = { id: randomUUID(), text, voiceId: audio.voiceId, at: Date.now(), ms: 1 };
          jobs.set(j.id, j);
          const made = finish(j);
          audios.delete(made.id);
          Object.assign(audio, made, {
            id: audio.id,
            title: audio.title,
            tags: audio.tags,
            url: `/media/${audio.id}.mp3?v=${Date.now()}`,
          });
          return json({ id: audio.id, generationId: j.id });
        }
        if (a[2]?.startsWith('/captions'))
          return res.writeHead(200, { 'content-type': 'text/vtt' }).end('WEBVTT\n');
        if (req.method === 'PUT') Object.assign(audio, await read(req));
        if (req.method === 'DELETE') audio.deletedAt = new Date().toISOString();
        return json(view(audio));
      }
      if (p === '/api/credits')
        return json({
          totalCredits: 500,
          usedCredits: used,
          heldCredits: [...jobs.values()]
            .filter((j) => !j.audio && !j.canceled)
            .reduce((n, j) => n + price(j.text), 0),
          remainingCredits: 500 - used,
          debt: 0,
          grants: [
            {
              id: 'g1',
              source: 'plan',
              total: 500,
              remaining: 500 - used,
              expiresAt: '2026-12-01T00:00:00Z',
              createdAt: '2026-11-01T00:00:00Z',
            },
          ],
        });
      if (p === '/api/credits/entries') {
        if (req.headers.accept === 'text/csv')
          return res.writeHead(200, { 'content-type': 'text/csv' }).end('at,kind,credits\n');
        const items = [...audios.values()].map((x) => ({
          id: x.id,
          kind: 'charge',
          amount: -x.credits,
          at: x.createdAt,
          generationId: x.generationId,
          description: x.title,
        }));
        items.push({ id: 'g', kind: 'grant', amount: 500, at: '2026-11-01T00:00:00Z', description: null });
        return json({ items, nextCursor: null });
      }
      if (p.startsWith('/api/'))
        return refuse(404, 'NOT_FOUND', 'There is nothing here, or it is not yours.');
      if (p.startsWith('/media/')) {
        const body = audios.get(p.slice(7, -4))?.mp3;
        if (!body) return res.writeHead(404).end();
        const range = /bytes=(\d+)-(\d*)/.exec(req.headers.range ?? '');
        const h = { 'content-type': 'audio/mpeg', 'accept-ranges': 'bytes' };
        if (!range) return res.writeHead(200, { ...h, 'content-length': body.length }).end(body);
        const from = +range[1];
        const to = range[2] ? +range[2] : body.length - 1;
        return res
          .writeHead(206, {
            ...h,
            'content-range': `bytes ${from}-${to}/${body.length}`,
            'content-length': to - from + 1,
          })
          .end(body.subarray(from, to + 1));
      }
      let f = path.join(dist, path.normalize(p));
      if (!(f.startsWith(dist) && existsSync(f) && statSync(f).isFile())) {
        if (p.startsWith('/assets/')) return res.writeHead(404).end();
        f = path.join(dist, 'index.html');
      }
      res
        .writeHead(200, {
          'content-type': types[path.extname(f)] ?? 'application/octet-stream',
          'cache-control': p.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
          'content-security-policy': csp,
        })
        .end(readFileSync(f));
    } catch (e) {
      console.error(e);
      if (!res.headersSent) res.writeHead(500);
      res.end();
    }
  })
  .listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${port}`));
