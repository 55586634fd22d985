// The second factor as a stranger's authenticator app sees it: the provisioning address is all it gets.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import * as OTPAuth from 'otpauth';
import { startAIMake } from './aimake.mjs';

const PASSWORD = 'a quiet little studio';
let aimake;
let users = 0;

before(async () => {
  aimake = await startAIMake();
});
after(async () => {
  assert.equal(await aimake.stop(), 0);
});

const call = async (path, body, { token, method = 'POST' } = {}) => {
  const answer = await fetch(`${aimake.url}${path}`, {
    method,
    headers: { 'Content-Type': 'application/json', 'X-Requested-With': 'tests', ...(token ? { Authorization: `Bearer ${token}` } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const { data, errors } = await answer.json();
  return { status: answer.status, data, code: errors?.[0].code };
};

/** Somebody with the second factor on, their app, and their recovery codes. */
const enrolled = async () => {
  const login = `factor${++users}`;
  const made = await call('/api/auth/register', { username: login, email: `${login}@example.com`, password: PASSWORD, agreement: true });
  const token = made.data.accessToken;
  const begun = await call('/api/auth/totp', { password: PASSWORD }, { token });
  const app = OTPAuth.URI.parse(begun.data.uri);
  const confirmed = await call('/api/auth/totp/confirm', { code: app.generate() }, { token });
  assert.equal(confirmed.status, 200);
  return { login, token, app, secret: begun.data.secret, uri: begun.data.uri, codes: confirmed.data.recoveryCodes };
};

const signIn = (login, totp) => call('/api/auth/login', { login, password: PASSWORD, ...(totp ? { totp } : {}) });

/** A code of the step after the present one: one that was not used yet, and within what clocks may differ. */
const next = (app) => app.generate({ timestamp: Date.now() + app.period * 1000 });

describe('otpauth', () => {
  test('reads the provisioning address, with issuer, account and the parameters every app can do', async () => {
    const { app, login, secret } = await enrolled();
    assert.ok(app instanceof OTPAuth.TOTP);
    assert.deepEqual([app.issuer, app.label, app.algorithm, app.digits, app.period], ['AIMake', login, 'SHA1', 6, 30]);
    assert.equal(app.secret.base32, secret);
    assert.equal(app.secret.bytes.length, 20);
  });

  test('makes codes that sign in, each once', async () => {
    const { app, login } = await enrolled();
    assert.deepEqual([(await signIn(login)).status, (await signIn(login)).code], [401, 'TOTP_REQUIRED']);
    const code = next(app);
    assert.equal((await signIn(login, code)).status, 200);
    assert.equal((await signIn(login, code)).code, 'TOTP_INVALID');
  });

  test('makes no codes that work with another secret, or at another time', async () => {
    const { app, login } = await enrolled();
    const stranger = new OTPAuth.TOTP({ issuer: 'AIMake', label: login, secret: new OTPAuth.Secret({ size: 20 }) });
    assert.equal((await signIn(login, next(stranger))).code, 'TOTP_INVALID');
    assert.equal((await signIn(login, app.generate({ timestamp: Date.now() + 300_000 }))).code, 'TOTP_INVALID');
    assert.equal((await signIn(login, app.generate({ timestamp: Date.now() - 300_000 }))).code, 'TOTP_INVALID');
    assert.equal((await signIn(login, next(app))).status, 200);
  });

  test('is not needed with a recovery code, which works once', async () => {
    const { login, codes } = await enrolled();
    assert.equal(new Set(codes).size, codes.length);
    assert.equal((await signIn(login, codes[0])).status, 200);
    assert.equal((await signIn(login, codes[0])).code, 'TOTP_INVALID');
    assert.equal((await signIn(login, codes[1])).status, 200);
  });

  test('makes the code that switches the second factor off', async () => {
    const { app, login, token } = await enrolled();
    assert.equal((await call('/api/auth/totp', { password: PASSWORD, code: next(app) }, { token, method: 'DELETE' })).status, 200);
    assert.equal((await signIn(login)).status, 200);
  });
});
