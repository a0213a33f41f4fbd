/**
 * The control API: what tests of the app use to look and to break things.
 */
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';

import { Client, headerOf, payloadOf } from './support/client.js';
import { startServer } from './support/server.js';

test('what clients sent and what they got can be read', async (t) => {
  const server = await startServer(t);
  const client = new Client(server);
  const { tokens } = await client.signIn();
  await client.userinfo(tokens.access_token);
  await client.get('/jwks?twice=1&twice=2');
  const requests = await server.ask('GET /requests');
  const [token] = requests.filter(({ endpoint }) => endpoint === 'token');
  assert.equal(token.method, 'POST');
  assert.equal(token.params.grant_type, 'authorization_code');
  assert.equal(token.params.client_id, 'latchkey-demo');
  assert.equal(token.status, 200);
  assert.ok(Math.abs(token.at - Date.now()) < 60_000);
  assert.deepEqual(requests.find(({ endpoint }) => endpoint === 'jwks').params, { twice: ['1', '2'] });
  assert.equal(requests.find(({ endpoint }) => endpoint === 'authorization').params.code_challenge_method, 'S256');
  assert.ok(requests.some(({ endpoint }) => endpoint === 'userinfo'));

  const issued = await server.ask('GET /issued');
  const values = (kind) => issued.filter((one) => one.kind === kind).map((one) => one.value);
  assert.deepEqual(values('access_token'), [tokens.access_token]);
  assert.deepEqual(values('refresh_token'), [tokens.refresh_token]);
  assert.deepEqual(values('id_token'), [tokens.id_token]);
  assert.deepEqual(values('code'), [token.params.code]);

  await server.ask('DELETE /requests');
  assert.deepEqual(await server.ask('GET /requests'), []);
});

test('grants of one person, or of everybody, can be ended', async (t) => {
  const server = await startServer(t);
  const client = new Client(server);
  const ada = (await client.signIn()).tokens;
  const chiyo = (await client.signIn({ login: 'chiyo' })).tokens;
  assert.deepEqual(await server.ask('POST /revoke', { sub: 'ada' }), { revoked: 1 });
  assert.equal((await client.refresh(ada.refresh_token)).body.error, 'invalid_grant');
  assert.equal((await client.userinfo(ada.access_token)).status, 401);
  const { status, body } = await client.refresh(chiyo.refresh_token);
  assert.equal(status, 200);
  assert.deepEqual(await server.ask('POST /revoke'), { revoked: 1 });
  assert.equal((await client.refresh(body.refresh_token)).body.error, 'invalid_grant');
});

test('a marker is in every code and token from then on, until it is taken back', async (t) => {
  const server = await startServer(t);
  const client = new Client(server);
  const text = 'Marked-For-A-Search_1234';
  await server.ask('POST /marker', { text });
  const { tokens } = await client.signIn();
  const { body } = await client.refresh(tokens.refresh_token);
  const claims = await client.userinfo(body.access_token);
  assert.ok(!JSON.stringify(claims).includes(text), 'userinfo does not tell it');
  await server.ask('POST /rotate-keys');
  await client.refresh(body.refresh_token);
  const issued = await server.ask('GET /issued');
  assert.deepEqual(new Set(issued.map(({ kind }) => kind)), new Set(['code', 'access_token', 'refresh_token', 'id_token']));
  for (const { kind, value } of issued) {
    if (kind === 'id_token') assert.equal(payloadOf(value).jti, text);
    else assert.ok(value.includes(text), kind);
  }

  await server.ask('POST /marker');
  const plain = (await client.signIn({ login: 'chiyo' })).tokens;
  assert.ok(!plain.access_token.includes(text));
  assert.equal(payloadOf(plain.id_token).jti, undefined);
  await assert.rejects(server.ask('POST /marker', { text: 'too short' }));
});

test('keys rotate; old ones stay published unless dropped', async (t) => {
  const server = await startServer(t);
  const client = new Client(server);
  const { tokens } = await client.signIn();
  const kids = async () => (await client.get('/jwks')).keys.map((key) => key.kid);
  assert.deepEqual((await server.ask('POST /rotate-keys')).kids, ['development-only-2', 'development-only-1']);
  assert.deepEqual(await kids(), ['development-only-2', 'development-only-1']);
  const { body } = await client.refresh(tokens.refresh_token);
  assert.equal(headerOf(body.id_token).kid, 'development-only-2');
  await server.ask('POST /rotate-keys', { drop_old: true });
  assert.deepEqual(await kids(), ['development-only-3']);
  assert.equal(headerOf((await client.refresh(body.refresh_token)).body.id_token).kid, 'development-only-3');
});

test('pictures: the real ones, and hostile ones', async (t) => {
  const server = await startServer(t);
  const get = async (name) => {
    const response = await fetch(`${server.issuer}/pictures/${name}`);
    const body = Buffer.from(await response.arrayBuffer());
    return { status: response.status, type: response.headers.get('content-type'), body };
  };
  const png = await get('ada.png');
  assert.equal(png.type, 'image/png');
  assert.equal(png.body.subarray(1, 4).toString(), 'PNG');
  const jpeg = await get('benoit.jpg');
  assert.equal(jpeg.type, 'image/jpeg');
  assert.equal(jpeg.body.subarray(0, 3).toString('hex'), 'ffd8ff');
  assert.equal((await get('chiyo.png')).status, 404);
  assert.equal((await get('draw.py')).status, 404);
  assert.equal((await get('..%2Fkeys.js')).status, 404);

  const inMode = async (mode) => {
    await server.ask('POST /picture', { sub: 'ada', mode });
    return get('ada.png');
  };
  assert.equal((await inMode('missing')).status, 404);
  assert.equal((await inMode('svg')).type, 'image/svg+xml');
  assert.equal((await inMode('html')).type, 'text/html; charset=utf-8');
  const disguised = await inMode('disguised');
  assert.equal(disguised.type, 'image/png');
  assert.match(disguised.body.toString(), /^<svg/);
  assert.ok((await inMode('huge')).body.length > 30 * 1024 * 1024);
  await server.ask('POST /picture', { sub: 'ada', mode: 'slow' });
  const slow = await fetch(`${server.issuer}/pictures/ada.png`);
  const { value } = await slow.body.getReader().read();
  assert.ok(value.length < 10);
  assert.deepEqual((await inMode('normal')).body, png.body);
});

test('people are listed with what is needed to sign in', async (t) => {
  const server = await startServer(t);
  const people = await server.ask('GET /people');
  assert.deepEqual(people.map(({ login }) => login), ['ada', 'benoit', 'chiyo']);
  assert.ok(people.every(({ password }) => password === 'demo'));
  assert.equal((await fetch(people[0].picture)).status, 200);
});

test('web pages are refused', async (t) => {
  const { control } = await startServer(t);
  const status = async (headers) => (await fetch(`${control}/issued`, { headers })).status;
  assert.equal(await status({ origin: 'http://127.0.0.1:1234' }), 403);
  assert.equal(await status({ origin: 'null' }), 403);
  assert.equal(await status({ 'sec-fetch-site': 'cross-site' }), 403);
  assert.equal(await status({}), 200);
});

test('other host names are refused, on both ports', async (t) => {
  const { issuer, control } = await startServer(t);
  const status = (address, host) => new Promise((resolve, reject) => {
    const { port } = new URL(address);
    request({ host: '127.0.0.1', port, path: '/people', headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on('error', reject).end();
  });
  assert.equal(await status(control, 'attacker.example'), 403);
  assert.equal(await status(issuer, 'attacker.example'), 421);
  assert.equal(await status(issuer, `localhost:${new URL(issuer).port}`), 421);
});

test('a request that makes no sense is told why', async (t) => {
  const server = await startServer(t);
  const refused = (route, body, message) => assert.rejects(server.ask(route, body), { message });
  await refused('GET /nothing', undefined, 'GET / lists what there is');
  await refused('DELETE /people', undefined, 'not with this method');
  await refused('POST /revoke', { sub: 'eve' }, 'sub must be one of ada, benoit, chiyo');
  await refused('POST /revoke', { person: 'ada' }, 'unknown: person');
  await refused('POST /ttl', { access_token: 0 }, 'access_token must be a whole number of seconds, at least 1');
  await refused('POST /ttl', { toString: 1 }, 'unknown: toString');
  await refused('POST /picture', { sub: 'chiyo', mode: 'svg' }, 'chiyo has no picture');
  await refused('POST /picture', { sub: 'ada', mode: 'odd' }, /^mode must be one of/);
  await refused('POST /rotate-keys', { drop_old: 'yes' }, 'drop_old must be true or false');
  await refused('POST /faults', [], 'the body must be a JSON object');
  await refused('POST /faults', { endpoint: 'tokens', mode: 'drop' }, /^endpoint must be one of/);
  await refused('POST /faults', { endpoint: 'token', mode: 'drop', count: 2 }, 'unknown: count');
});
