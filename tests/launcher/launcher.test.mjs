// The launcher on a stage: a copy of ./aimake in a small tree, with stand-ins for dotnet, npm, node and Debian's tools
// that write down how they were called. Shows what is built when, and what a person without the tools is told.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { scratch } from './server.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const everyday =
  'awk bash cat cp cut dirname env find flock git grep head id ln ls mkdir mv paste ps readlink rm sed sh sha256sum sleep sort tail tee timeout touch tr xargs';

const standIns = {
  dotnet: `echo "dotnet $*" >>"$CALLS"
    case $1 in
      --list-sdks) printf '8.0.400 [/sdk]\\n10.0.100 [/sdk]\\n' ;;
      publish) [ ! -e "$STAGE/broken" ] || exit 1
        project=\${2##*/}; while [ "$1" != -o ]; do shift; done; mkdir -p "$2"
        case $project in *Simulator) cp "$STAGE/simulator" "$2/$project" ;; *) cp "$STAGE/server" "$2/$project" ;; esac ;;
    esac`,
  npm: `echo "npm $*" >>"$CALLS"
    case "$*" in
      *" ci "*) mkdir -p "$2/node_modules" ;;
      *build) mkdir -p "$2/dist"; echo '<html>' >"$2/dist/index.html" ;;
    esac`,
  node: 'echo v20.19.0',
  initdb: 'echo "initdb (PostgreSQL) 15.1"',
  pg_config: 'dirname "$0"',
  ffmpeg: '',
  'espeak-ng': '',
  'apt-get': 'echo "apt-get $*" >>"$CALLS"',
  sudo: 'exit 1',
};

/** A tree with the launcher in it, and the programs of `has` on its PATH, nothing else. */
const stage = (t, { without = [], extra = {} } = {}) => {
  const { path, remove } = scratch();
  t.after(remove);
  const bin = join(path, 'bin');
  const write = (name, text) => (mkdirSync(dirname(join(path, name)), { recursive: true }), writeFileSync(join(path, name), text));
  const script = (name, text) => (write(name, `#!/bin/sh\n${text}\n`), chmodSync(join(path, name), 0o755));
  mkdirSync(bin);
  for (const name of everyday.split(' ')) {
    const real = spawnSync('sh', ['-c', `command -v ${name}`]).stdout.toString().trim();
    if (real) symlinkSync(real, join(bin, name));
  }
  for (const [name, text] of Object.entries({ ...standIns, ...extra })) if (!without.includes(name)) script(`bin/${name}`, text);
  script('server', 'echo "server $*"; echo "web root $Web__Root"; echo "setting $COLOUR"; echo "data $AIMAKE_DATA"; echo "key $OPENAI_API_KEY"; [ -z "$LINGER" ] || exec sleep 60');
  // it stays as long as the process it was told to accompany
  script('simulator', `[ ! -e "$STAGE/broken-simulator" ] || { echo "no sound" >&2; exit 3; }
    echo "$*" >"$STAGE/simulator.asked"; echo $$ >"$STAGE/simulator.pid"; printf 'AIMAKE_ALLOWED_HOSTS=127.0.0.1:4242\\nOPENAI_API_KEY=sk-simulated\\nnot a setting\\n' >"$2.new"; mv "$2.new" "$2"
    while kill -0 "$4" 2>/dev/null; do sleep 0.05; done; rm "$STAGE/simulator.pid"`);
  copyFileSync(join(root, 'aimake'), join(path, 'aimake'));
  write('Directory.Build.props', '<Project><Version>1.2.3</Version></Project>');
  for (const rules of ['Directory.Packages.props', 'BannedSymbols.txt', '.editorconfig', 'global.json', 'web/package-lock.json', 'web/package.json'])
    write(rules, '{}');
  write('src/AIMake.Server/Program.cs', 'first');
  write('src/AIMake.Simulator/Program.cs', 'first');
  write('web/src/main.tsx', 'first');
  const environment = { PATH: bin, HOME: path, STAGE: path, CALLS: join(path, 'calls') };
  const aimake = (...given) => {
    writeFileSync(environment.CALLS, '');
    const { status, stdout, stderr } = spawnSync(join(path, 'aimake'), given, { env: environment, encoding: 'utf8', cwd: path });
    const calls = readFileSync(environment.CALLS, 'utf8').split('\n').filter((line) => line && line !== 'dotnet --list-sdks');
    return { status, stdout, stderr, calls };
  };
  return { path, write, environment, aimake };
};

const built = (calls) => ({
  packages: calls.some((call) => / ci /.test(call)),
  web: calls.some((call) => / build$/.test(call)),
  server: calls.some((call) => /^dotnet publish/.test(call)),
});

test('help_names_every_command', (t) => {
  const { status, stdout } = stage(t).aimake('--help');
  assert.equal(status, 0);
  for (const command of ['run', 'say', 'doctor', 'keys', 'test', 'bench']) assert.match(stdout, new RegExp(`^  ${command}\\b`, 'm'));
});

test('no_command_at_all_shows_the_help', (t) => {
  const { status, stdout } = stage(t).aimake();
  assert.equal(status, 0);
  assert.match(stdout, /Usage:/);
});

test('version_is_the_one_of_the_build', (t) => assert.match(stage(t).aimake('--version').stdout, /^aimake 1\.2\.3/));

for (const [given, near] of [['rnu', 'run'], ['tests', 'test'], ['docter', 'doctor'], ['--hepl', null], ['说话', null], ['😀', null]])
  test(`unknown_command_${given}_is_answered_with_${near ?? 'a_plain_no'}`, (t) => {
    const { status, stderr } = stage(t).aimake(given);
    assert.equal(status, 2);
    assert.ok(stderr.includes(`there is no command '${given}'`), stderr);
    assert.equal(stderr.match(/Did you mean '(.*)'/)?.[1] ?? null, near);
  });

for (const [given, said] of [
  [['--port', 'x'], /--port takes a number/],
  [['--port', '70000'], /--port takes a number/],
  [['--port'], /--port needs a value/],
  [['--role', 'king'], /--role takes all, api or worker/],
  [['--data', ''], /--data needs a value/],
])
  test(`run_${given.join('_')}_is_refused_before_anything_is_built`, (t) => {
    const { status, stderr, calls } = stage(t).aimake('run', ...given);
    assert.equal(status, 2);
    assert.match(stderr, said);
    assert.deepEqual(calls, []);
  });

test('run_hands_its_options_to_the_server', (t) => {
  const { path, aimake } = stage(t);
  const { status, stdout } = aimake('run', '--port=9000', '--data', 'my data', '--role', 'all', '--verbose');
  assert.equal(status, 0);
  assert.match(stdout, new RegExp(`^server run --port 9000 --data ${path}/my data --role all --verbose$`, 'm'));
  assert.match(stdout, new RegExp(`^web root ${path}/web/dist$`, 'm'));
});

test('simulating_starts_the_simulator_beside_the_server_and_points_every_provider_at_it', async (t) => {
  const { path, write, environment, aimake } = stage(t);
  environment.OPENAI_API_KEY = 'sk-real';
  write('.env', 'AIMAKE_ALLOWED_HOSTS=10.0.0.1\n');
  const { status, stdout, stderr, calls } = aimake('run', '--simulate');
  assert.equal(status, 0, stderr);
  assert.match(stdout, new RegExp(`^server run --port 8080 --data ${path}/data-simulated --role all --Simulation:DemoKey true$`, 'm'));
  assert.match(stdout, /^key sk-simulated$/m);
  assert.match(stderr, /what they are asked: http:\/\/127\.0\.0\.1:4242$/m);
  assert.match(readFileSync(join(path, 'simulator.asked'), 'utf8'), / --port 8089 --or-next true --spare 8080 --webhooks http:\/\/127\.0\.0\.1:8080$/m, 'the same port at every start, and events for the server');
  assert.match(stderr, /Port 8089 is taken, so the simulator has another/);
  assert.equal(calls.filter((call) => /publish .*AIMake\.Simulator/.test(call)).length, 1);
  assert.deepEqual(aimake('run', '--simulate', '--data', '/elsewhere').calls, []);
  await until(() => !existsSync(join(path, 'simulator.pid')));
});

test('the_simulator_ends_when_the_server_does', async (t) => {
  const { path, environment } = stage(t);
  const child = spawn(join(path, 'aimake'), ['run', '--simulate'], { env: { ...environment, LINGER: 'yes' }, stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = new Promise((resolve) => child.on('close', (_, signal) => resolve(signal)));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  const pid = readFileSync(join(path, 'simulator.pid'), 'utf8').trim();
  assert.notDeepEqual(members(pid), []);
  child.kill('SIGINT');
  await ended;
  await until(() => members(pid).length === 0);
});

test('a_simulator_that_does_not_start_is_told_with_its_own_words', (t) => {
  const { write, aimake } = stage(t);
  write('broken-simulator', '');
  const { status, stdout, stderr } = aimake('run', '--simulate');
  assert.equal(status, 1);
  assert.match(stderr, /no sound\n.*the simulator did not start/s);
  assert.doesNotMatch(stdout, /^server/m);
});

test('doctor_looks_at_the_data_of_run', (t) => {
  const { path, aimake } = stage(t);
  const { stdout } = aimake('doctor', '--ledger');
  assert.match(stdout, /^server doctor --ledger$/m);
  assert.match(stdout, new RegExp(`^data ${path}/data$`, 'm'));
});

test('keys_rotate_works_on_the_data_of_run', (t) => {
  const { path, aimake } = stage(t);
  const { stdout } = aimake('keys', 'rotate');
  assert.match(stdout, /^server keys rotate$/m);
  assert.match(stdout, new RegExp(`^data ${path}/data$`, 'm'));
});

test('say_hands_its_words_to_the_server_and_needs_neither_web_app_nor_database', (t) => {
  const { stdout, calls } = stage(t, { without: ['node', 'npm', 'initdb'] }).aimake('say', 'Good morning', '-o', 'hello.mp3');
  assert.match(stdout, /^server say Good morning -o hello\.mp3$/m);
  assert.deepEqual(built(calls), { packages: false, web: false, server: true });
});

test('second_start_rebuilds_nothing', (t) => {
  const { aimake } = stage(t);
  assert.deepEqual(built(aimake('run').calls), { packages: true, web: true, server: true });
  const second = aimake('run');
  assert.deepEqual(second.calls, []);
  assert.equal(second.stderr, '');
});

for (const [changed, expected] of [
  ['src/AIMake.Server/Program.cs', { packages: false, web: false, server: true }],
  ['src/AIMake.Server/Speech/New.cs', { packages: false, web: false, server: true }],
  ['Directory.Packages.props', { packages: false, web: false, server: true }],
  ['web/src/main.tsx', { packages: false, web: true, server: false }],
  ['web/package-lock.json', { packages: true, web: true, server: false }],
  ['src/AIMake.Server/bin/Release/made.dll', { packages: false, web: false, server: false }],
  ['README.md', { packages: false, web: false, server: false }],
])
  test(`a_change_of_${changed}_rebuilds_only_what_stands_on_it`, (t) => {
    const { write, aimake } = stage(t);
    aimake('run');
    write(changed, 'second');
    assert.deepEqual(built(aimake('run').calls), expected);
    assert.deepEqual(aimake('run').calls, []);
  });

test('going_back_to_sources_built_before_rebuilds_nothing', (t) => {
  const { write, aimake } = stage(t);
  aimake('run');
  write('src/AIMake.Server/Program.cs', 'second');
  aimake('run');
  write('src/AIMake.Server/Program.cs', 'first');
  write('src/AIMake.Simulator/Program.cs', 'first');
  assert.deepEqual(aimake('run').calls, []);
});

test('a_build_that_failed_is_tried_again', (t) => {
  const { path, write, aimake } = stage(t);
  write('broken', '');
  const failed = aimake('run');
  assert.equal(failed.status, 1);
  assert.match(failed.stderr, /the server does not build/);
  spawnSync('rm', [join(path, 'broken')]);
  assert.equal(built(aimake('run').calls).server, true);
});

test('a_worker_needs_no_web_app', (t) => {
  const { calls } = stage(t, { without: ['node', 'npm'] }).aimake('run', '--role', 'worker');
  assert.deepEqual(built(calls), { packages: false, web: false, server: true });
});

for (const [missing, said] of [
  ['dotnet', /the \.NET 10 SDK is needed \(found: none\)[\s\S]*dotnet-install\.sh/],
  ['node', /Node\.js 20 or newer is needed \(found: none\)/],
  ['npm', /npm is needed/],
])
  test(`without_${missing}_the_cure_is_named`, (t) => {
    const { status, stderr, calls } = stage(t, { without: [missing] }).aimake('run');
    assert.equal(status, 1);
    assert.match(stderr, said);
    assert.deepEqual(calls, []);
  });

for (const [name, old, said] of [
  ['dotnet', 'echo "8.0.400 [/sdk]"', /found: 8\.0\.400/],
  ['node', 'echo v18.20.4', /found: v18\.20\.4/],
])
  test(`a_${name}_too_old_is_named_with_its_version`, (t) => {
    const { status, stderr } = stage(t, { extra: { [name]: old } }).aimake('run');
    assert.equal(status, 1);
    assert.match(stderr, said);
  });

test('without_rights_to_install_the_exact_command_is_printed', (t) => {
  const { status, stderr, calls } = stage(t, { without: ['ffmpeg', 'espeak-ng'], extra: { id: 'echo 1000' } }).aimake('run');
  assert.equal(status, 1);
  assert.match(stderr, /sudo apt-get update && sudo apt-get install -y --no-install-recommends ffmpeg espeak-ng$/m);
  assert.deepEqual(calls, []);
});

test('told_not_to_install_it_prints_the_command_instead', (t) => {
  const { status, stderr, calls } = stage(t, { without: ['espeak-ng'], extra: { id: 'echo 0' } }).aimake('run', '--no-install');
  assert.equal(status, 1);
  assert.match(stderr, /install -y --no-install-recommends espeak-ng$/m);
  assert.deepEqual(calls, []);
});

test('what_is_missing_is_installed_when_it_may', (t) => {
  const { status, calls } = stage(t, { without: ['espeak-ng'], extra: { id: 'echo 0' } }).aimake('run');
  assert.equal(status, 0);
  assert.ok(calls.some((call) => /^apt-get .*install -y --no-install-recommends espeak-ng$/.test(call)), calls.join('\n'));
});

test('settings_come_from_the_env_file_unless_the_environment_has_them', (t) => {
  const { write, environment, aimake } = stage(t);
  write('.env', '# a remark\nexport COLOUR="light blue"\nnot a setting\nLINGER=\n');
  assert.match(aimake('run').stdout, /^setting light blue$/m);
  environment.COLOUR = 'red';
  assert.match(aimake('run').stdout, /^setting red$/m);
});

test('nothing_in_the_env_file_is_executed', (t) => {
  const { path, write, aimake } = stage(t);
  write('.env', `COLOUR=$(touch ${path}/pwned)\nPATH_TO=\`touch ${path}/pwned\`\n; touch ${path}/pwned\n`);
  aimake('run');
  assert.equal(existsSync(join(path, 'pwned')), false);
});

test('a_signal_while_building_ends_the_build_and_all_its_children', async (t) => {
  const { path, environment } = stage(t, { extra: { npm: 'echo $$ >"$STAGE/pid"; sleep 60 & wait' } });
  const child = spawn(join(path, 'aimake'), ['run'], { env: environment, stdio: 'ignore' });
  const ended = new Promise((resolve) => child.on('close', (code) => resolve(code)));
  const pid = await until(() => existsSync(join(path, 'pid')) && readFileSync(join(path, 'pid'), 'utf8').trim());
  await until(() => members(pid).length === 2);
  child.kill('SIGTERM');
  assert.equal(await ended, 143);
  assert.deepEqual(members(pid), []);
});

test('the_server_takes_the_launchers_place_so_signals_reach_it', async (t) => {
  const { path, environment } = stage(t);
  const child = spawn(join(path, 'aimake'), ['run'], { env: { ...environment, LINGER: 'yes' }, stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = new Promise((resolve) => child.on('close', (_, signal) => resolve(signal)));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  await until(() => /^sleep 60/.test(spawnSync('ps', ['-o', 'args=', '-p', String(child.pid)]).stdout.toString()));
  child.kill('SIGTERM');
  assert.equal(await ended, 'SIGTERM');
});

/** The living processes of a group; one that ended and waits for its parent to notice is not alive. */
const members = (group) =>
  spawnSync('ps', ['-eo', 'pgid=,stat=,args='])
    .stdout.toString()
    .split('\n')
    .filter((line) => new RegExp(`^ *${group} +[^Z]`).test(line));

const until = async (condition) => {
  for (let tries = 0; tries < 1000; tries++) {
    const value = condition();
    if (value) return value;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('it never became true');
};
