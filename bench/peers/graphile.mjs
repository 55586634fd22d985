// 3,000 bare jobs through graphile-worker: added by 100 callers at once, run by one worker process.
// usage: node graphile.mjs <connection string> <jobs>; prints one JSON line.
import pg from 'pg';
import { Logger, makeWorkerUtils, run } from 'graphile-worker';

const [connectionString, count] = [process.argv[2], Number(process.argv[3])];
const logger = new Logger(() => () => {});
const pgPool = new pg.Pool({ connectionString, max: 20 });
const utils = await makeWorkerUtils({ pgPool, logger });
await utils.migrate();

let done = 0;
let finish;
const finished = new Promise((resolve) => (finish = resolve));
const runner = await run({
  pgPool,
  logger,
  concurrency: 20,
  pollInterval: 200,
  noHandleSignals: true,
  taskList: {
    noop: () => {
      if (++done === count) finish();
    },
  },
});

async function callers(n, each) {
  let next = 0;
  await Promise.all(
    Array.from({ length: n }, async () => {
      while (next < count) {
        next++;
        await each();
      }
    }),
  );
}

const started = process.hrtime.bigint();
await callers(100, () => utils.addJob('noop', { n: 1 }));
await finished;
// Done means done in the database: the last completion has been committed.
for (;;) {
  const { rows } = await pgPool.query('select count(*)::int as n from graphile_worker._private_jobs');
  if (rows[0].n === 0) break;
  await new Promise((resolve) => setTimeout(resolve, 5));
}
const seconds = Number(process.hrtime.bigint() - started) / 1e9;
console.log(JSON.stringify({ jobs: count, seconds, perSecond: count / seconds }));
await runner.stop();
await utils.release();
await pgPool.end();
