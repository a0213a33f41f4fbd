/**
 * What people may edit about themselves, in both ways it is served.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { mergeFirstLevel, mergePatch } from '../metadata.js';
import { Client } from './support/client.js';
import { startServer } from './support/server.js';

const SCOPES = 'openid profile metadata read:current_user update:current_user_metadata';

/** A server, and somebody who is signed in there. */
async function desk(t, { login = 'ada', scope = SCOPES, audience = true } = {}) {
  const server = await startServer(t);
  const client = new Client(server);
  const more = { scope, audience: audience ? `${server.issuer}/api/v2/` : undefined };
  const { tokens } = await client.signIn({ login, more });
  const call = async (path, { method = 'GET', body, headers = {}, token = tokens.access_token } = {}) => {
    const response = await fetch(server.issuer + path, {
      method,
      headers: { authorization: `Bearer ${token}`, ...headers },
      body: body && JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text && JSON.parse(text) };
  };
  const patch = (body, headers = {}) => call('/me/metadata', {
    method: 'PATCH', body, headers: { 'content-type': 'application/merge-patch+json', ...headers },
  });
  return { server, client, tokens, call, patch };
}

test('the data is read, changed with a merge patch, and told at userinfo', async (t) => {
  const { call, patch, client, tokens } = await desk(t);
  const { status, headers, body } = await call('/me/metadata');
  assert.equal(status, 200);
  assert.equal(headers.get('etag'), '"v1"');
  assert.equal(headers.get('cache-control'), 'no-store');
  assert.equal(body.country, 'GB');
  const changed = await patch({ country: 'FR', department: null, plan: { a: 1 } }, { 'if-match': '"v1"' });
  assert.equal(changed.status, 200);
  assert.equal(changed.headers.get('etag'), '"v2"');
  assert.equal(changed.body.country, 'FR');
  assert.equal('department' in changed.body, false);
  assert.equal((await client.userinfo(tokens.access_token)).body.user_metadata.country, 'FR');
});

test('a condition that does not hold changes nothing; a weak one never holds', async (t) => {
  const { server, call, patch } = await desk(t);
  await server.ask('POST /metadata', { sub: 'ada', set: { country: 'SE' } });
  assert.equal((await patch({ country: 'FR' }, { 'if-match': '"v1"' })).status, 412);
  assert.equal((await patch({ country: 'FR' }, { 'if-match': 'W/"v2"' })).status, 412);
  await server.ask('POST /metadata', { tags: 'weak' });
  assert.equal((await call('/me/metadata')).headers.get('etag'), 'W/"v2"');
  assert.equal((await patch({ country: 'FR' }, { 'if-match': 'W/"v2"' })).status, 412);
  await server.ask('POST /metadata', { tags: 'none' });
  assert.equal((await call('/me/metadata')).headers.get('etag'), null);
  assert.equal((await call('/me/metadata')).body.country, 'SE');
  assert.equal((await patch({ country: 'FR' })).status, 200);
});

test('what cannot be taken is told by field', async (t) => {
  const { call, patch } = await desk(t);
  const refused = await patch({ first_name: '', seats: 101, country: 'FR' });
  assert.equal(refused.status, 422);
  assert.match(refused.headers.get('content-type'), /^application\/problem\+json/);
  assert.deepEqual(refused.body.errors.map(({ pointer }) => pointer), ['#/first_name', '#/seats']);
  assert.equal((await call('/me/metadata')).body.country, 'GB');
  assert.equal((await patch([1])).status, 400);
  assert.equal((await patch({}, { 'content-type': 'application/json' })).status, 415);
  assert.equal((await call('/me/metadata', { method: 'DELETE' })).status, 405);
});

test('tokens are looked at: live, of this person, with the right scopes', async (t) => {
  const { call, server } = await desk(t, { scope: 'openid profile' });
  const missing = await call('/me/metadata');
  assert.equal(missing.status, 403);
  assert.equal(missing.headers.get('www-authenticate'), 'Bearer error="insufficient_scope", scope="metadata"');
  const invalid = await call('/me/metadata', { token: 'nobody' });
  assert.equal(invalid.status, 401);
  assert.equal(invalid.headers.get('www-authenticate'), 'Bearer error="invalid_token"');
  assert.equal((await fetch(`${server.issuer}/me/metadata`)).status, 401);
  const management = await call('/api/v2/users/ada');
  assert.equal(management.status, 403);
  assert.equal(management.body.errorCode, 'insufficient_scope');
  await server.ask('POST /revoke', { sub: 'ada' });
  assert.equal((await call('/me/metadata')).status, 401);
});

test('the management API merges the first level, for the person alone', async (t) => {
  const { call, server } = await desk(t);
  const user = '/api/v2/users/ada?fields=user_metadata&include_fields=true';
  assert.equal((await call(user)).body.user_metadata.country, 'GB');
  const patch = (body) => call('/api/v2/users/ada', { method: 'PATCH', body });
  const changed = await patch({ user_metadata: { country: null, plan: { a: 1 } } });
  assert.equal('country' in changed.body.user_metadata, false);
  assert.deepEqual((await patch({ user_metadata: { plan: { b: 2 } } })).body.user_metadata.plan, { b: 2 });
  assert.match((await patch({ user_metadata: { first_name: '' } })).body.message, /a first name is needed/);
  assert.equal((await patch({ nothing: 1 })).status, 400);
  assert.equal((await call('/api/v2/users/benoit')).status, 403);
  assert.equal((await call('/api/v2/users/%E0%A4%A')).status, 403);
  assert.deepEqual((await server.ask('GET /metadata')).ada.fields.plan, { b: 2 });
});

test('the audience is remembered through a renewal, and without it the management API refuses', async (t) => {
  const { call, client, tokens } = await desk(t);
  const { body } = await client.refresh(tokens.refresh_token);
  assert.equal((await call('/api/v2/users/ada', { token: body.access_token })).status, 200);
  const without = await desk(t, { audience: false });
  assert.equal((await without.call('/api/v2/users/ada')).status, 401);
  assert.equal((await without.call('/me/metadata')).status, 200);
});

test('faults can be kept to one method; a change can be done and its answer lost', async (t) => {
  const { server, call, patch } = await desk(t);
  await server.ask('POST /faults', { endpoint: 'metadata', mode: 'drop', method: 'PATCH', handled: true });
  assert.equal((await call('/me/metadata')).status, 200);
  await assert.rejects(patch({ country: 'FR' }));
  assert.equal((await call('/me/metadata')).body.country, 'FR');
  for (const status of [401, 403, 409, 412, 429, 500]) {
    await server.ask('POST /faults', { endpoint: 'management', mode: 'status', status, method: 'GET' });
    assert.equal((await call('/api/v2/users/ada')).status, status);
  }
  await assert.rejects(server.ask('POST /faults', { endpoint: 'metadata', mode: 'drop', method: 1 }), /method must be/);
});

test('the control API changes the data of people, and takes it back', async (t) => {
  const server = await startServer(t);
  await server.ask('POST /metadata', { sub: 'chiyo', set: { active: true, __proto__: null } });
  assert.deepEqual((await server.ask('GET /metadata')).chiyo.version, 2);
  await server.ask('DELETE /metadata');
  assert.deepEqual((await server.ask('GET /metadata')).chiyo.fields.active, false);
  const refused = (body, message) => assert.rejects(server.ask('POST /metadata', body), { message });
  await refused({ set: { a: 1 } }, 'sub must be one of ada, benoit, chiyo');
  await refused({ sub: 'ada', set: [1] }, 'set must be an object; null removes a field');
  await refused({ tags: 'odd' }, 'tags must be one of strong, weak, none');
  await refused({ sub: 'ada', to: 1 }, 'unknown: to');
});

test('the examples of RFC 7396, appendix A', () => {
  const examples = [
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [['a', 'b'], ['c', 'd'], ['c', 'd']],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, null, null],
    [{ a: 'foo' }, 'bar', 'bar'],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ];
  for (const [target, patch, result] of examples) assert.deepEqual(mergePatch(target, patch), result);
  assert.deepEqual(mergeFirstLevel({ a: { b: 1 } }, { a: { c: 2 }, d: null }), { a: { c: 2 } });
  assert.equal(Object.hasOwn(mergePatch({}, JSON.parse('{"__proto__":{"x":1}}')), '__proto__'), true);
  assert.equal({}.x, undefined);
});
