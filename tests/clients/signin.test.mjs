// What says who people are: other people's verifiers read our simulated issuers, and other people's signatures reach our server.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import { after, before, describe, test } from 'node:test';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { Webhook } from 'svix';
import { startAIMake } from './aimake.mjs';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
let aimake;
let simulator;

before(async () => {
  aimake = await startAIMake();
  simulator = aimake.simulator;
});
after(async () => {
  assert.equal(await aimake.stop(), 0);
});

const json = async (path, body) =>
  (await fetch(simulator.address + path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })).json();

/** The whole way through an issuer, as a client written by its documentation alone would go. */
const idToken = async (nonce) => {
  const issuer = `${simulator.address}/oidc/google`;
  const about = await (await fetch(`${issuer}/.well-known/openid-configuration`)).json();
  assert.equal(about.issuer, issuer);
  const verifier = randomBytes(32).toString('base64url');
  const query = new URLSearchParams({
    client_id: 'client',
    redirect_uri: 'http://127.0.0.1:1/back',
    response_type: 'code',
    scope: 'openid email profile',
    state: 'state',
    nonce,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const consent = await fetch(`${about.authorization_endpoint}?${query}`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ login: 'ada', decision: 'allow' }),
  });
  const back = new URL(consent.headers.get('location'));
  assert.equal(back.searchParams.get('state'), 'state');
  const answer = await fetch(about.token_endpoint, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code: back.searchParams.get('code'),
      client_id: 'client',
      client_secret: 'simulated-client-secret',
      redirect_uri: 'http://127.0.0.1:1/back',
      code_verifier: verifier,
    }),
  });
  return { token: (await answer.json()).id_token, keys: createRemoteJWKSet(new URL(about.jwks_uri)), issuer };
};

describe('jose reads', () => {
  test('an ID token of the simulated issuer', async () => {
    const { token, keys, issuer } = await idToken('the-nonce');
    const { payload } = await jwtVerify(token, keys, { issuer, audience: 'client', algorithms: ['RS256'] });
    assert.equal(payload.nonce, 'the-nonce');
    assert.deepEqual([payload.email, payload.email_verified], ['ada@example.com', true]);
  });

  test('a session token of the simulated Clerk', async () => {
    const { jwt } = await json('/clerk/__mint', { sub: 'user_jose' });
    const keys = createRemoteJWKSet(new URL(`${simulator.address}/clerk/.well-known/jwks.json`));
    const { payload } = await jwtVerify(jwt, keys, { issuer: `${simulator.address}/clerk`, algorithms: ['RS256'] });
    assert.deepEqual([payload.sub, payload.exp - payload.iat, payload.v], ['user_jose', 60, 2]);
  });

  test('neither of them when it is wrong, and our server agrees', async () => {
    const keys = createRemoteJWKSet(new URL(`${simulator.address}/clerk/.well-known/jwks.json`));
    const me = (token) => fetch(`${aimake.url}/api/auth/me`, { headers: { Authorization: `Bearer ${token}` } });
    for (const fault of ['alg_none', 'hs256', 'foreign_key', 'unknown_kid']) {
      const { jwt } = await json('/clerk/__mint', { sub: 'user_wrong', fault });
      await assert.rejects(jwtVerify(jwt, keys, { issuer: `${simulator.address}/clerk`, algorithms: ['RS256'] }), fault);
      assert.equal((await me(jwt)).status, 401, `${fault} ${JSON.stringify(decodeProtectedHeader(jwt))}`);
    }
    const { jwt } = await json('/clerk/__mint', { sub: 'user_right' });
    assert.equal((await me(jwt)).status, 200);
  });
});

describe('svix', () => {
  test('verifies what the simulated Clerk sends, and not what is forged', async () => {
    const heard = [];
    const server = http.createServer(async (request, response) => {
      const pieces = [];
      for await (const piece of request) pieces.push(piece);
      heard.push({ headers: request.headers, body: Buffer.concat(pieces).toString() });
      response.writeHead(204).end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${server.address().port}/`;
    const sent = await json('/clerk/__send', { url, type: 'user.created', data: { id: 'user_1', first_name: 'Zoë – ü' } });
    await json('/clerk/__send', { url, type: 'user.created', data: { id: 'user_2' }, forged: true });
    await json('/clerk/__send', { url, type: 'user.created', data: { id: 'user_3' }, ageSeconds: 400 });
    server.close();

    const [right, forged, old] = heard;
    const event = new Webhook(SECRET).verify(right.body, right.headers);
    assert.deepEqual([event.type, event.data.first_name, right.headers['svix-id']], ['user.created', 'Zoë – ü', sent.id]);
    assert.throws(() => new Webhook(SECRET).verify(forged.body, forged.headers), /No matching signature/);
    assert.throws(() => new Webhook(SECRET).verify(old.body, old.headers), /too old/);
  });

  test('signs notices that our server takes, once each', async () => {
    const body = (first, updated) =>
      JSON.stringify({
        type: 'user.created',
        object: 'event',
        data: { id: 'user_svix', first_name: first, primary_email_address_id: null, email_addresses: [], updated_at: updated },
      });
    const send = async (id, text, signed = text) => {
      const at = new Date();
      const signature = new Webhook(SECRET).sign(id, at, signed);
      const headers = { 'Content-Type': 'application/json', 'svix-id': id, 'svix-timestamp': String(Math.floor(at / 1000)), 'svix-signature': signature };
      return (await fetch(`${aimake.url}/api/webhooks/clerk`, { method: 'POST', headers, body: text })).status;
    };
    assert.equal(await send('msg_1', body('First', 1)), 200);
    assert.equal(await send('msg_1', body('Repeated', 2)), 200);
    assert.equal(await send('msg_2', body('Changed', 3), body('Signed', 3)), 400);
    const { jwt } = await json('/clerk/__mint', { sub: 'user_svix' });
    const me = await (await fetch(`${aimake.url}/api/auth/me`, { headers: { Authorization: `Bearer ${jwt}` } })).json();
    assert.equal(me.data.firstName, 'First');
  });
});
