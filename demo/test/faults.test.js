/**
 * Faults: each mode does what it says, as often as it says, and nothing else suffers.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Client } from './support/client.js';
import { startServer } from './support/server.js';

test('a status, with body and headers, so many times', async (t) => {
  const server = await startServer(t);
  const client = new Client(server);
  const { tokens } = await client.signIn();
  await server.ask('POST /faults', { endpoint: 'token', mode: 'status', times: 2, headers: { 'retry-after': '7' } });
  for (let i = 0; i < 2; i += 1) {
    const { status, headers } = await client.refresh(tokens.refresh_token);
    assert.equal(status, 503);
    assert.equal(headers.get('retry-after'), '7');
  }
  const { status, body } = await client.refresh(tokens.refresh_token);
  assert.equal(status, 200, 'the refresh token was not touched');
  const refusal = { endpoint: 'token', mode: 'status', status: 400, body: { error: 'invalid_scope' } };
  await server.ask('POST /faults', refusal);
  assert.equal((await client.refresh(body.refresh_token)).body.error, 'invalid_scope');
});

test('a web page, an empty answer', async (t) => {
  const server = await startServer(t);
  const get = async () => {
    const response = await fetch(`${server.issuer}/.well-known/openid-configuration`);
    return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
  };
  await server.ask('POST /faults', { endpoint: 'discovery', mode: 'html' });
  await server.ask('POST /faults', { endpoint: 'discovery', mode: 'empty' });
  const page = await get();
  assert.equal(page.status, 200);
  assert.match(page.type, /^text\/html/);
  assert.match(page.text, /guest network/);
  assert.equal((await get()).text, '');
  assert.equal((await get()).type, 'application/json; charset=utf-8');
});

test('a dropped connection, until it is taken back', async (t) => {
  const server = await startServer(t);
  await server.ask('POST /faults', { endpoint: 'jwks', mode: 'drop', times: 0 });
  for (let i = 0; i < 3; i += 1) await assert.rejects(fetch(`${server.issuer}/jwks`));
  assert.equal((await fetch(`${server.issuer}/userinfo`)).status, 401, 'others do not suffer');
  await server.ask('DELETE /faults');
  assert.equal((await fetch(`${server.issuer}/jwks`)).status, 200);
  const dropped = (await server.ask('GET /requests')).filter(({ status }) => status === 0);
  assert.equal(dropped.length, 3);
});

test('an answer that never comes', async (t) => {
  const server = await startServer(t);
  await server.ask('POST /faults', { endpoint: 'userinfo', mode: 'hang' });
  const answer = fetch(`${server.issuer}/userinfo`, { signal: AbortSignal.timeout(300) });
  await assert.rejects(answer, { name: 'TimeoutError' });
});

test('an answer that comes late', async (t) => {
  const server = await startServer(t);
  await server.ask('POST /faults', { endpoint: 'jwks', mode: 'delay', delay_ms: 400 });
  const start = Date.now();
  assert.equal((await fetch(`${server.issuer}/jwks`)).status, 200);
  assert.ok(Date.now() - start >= 395);
});

test('handled: the refresh token is rotated, but the answer is lost', async (t) => {
  const server = await startServer(t);
  const client = new Client(server);
  const { tokens } = await client.signIn();
  await server.ask('POST /faults', { endpoint: 'token', mode: 'drop', handled: true });
  await assert.rejects(client.refresh(tokens.refresh_token));
  assert.equal((await client.refresh(tokens.refresh_token)).body.error, 'invalid_grant');
});

test('handled: the answer is replaced, or comes late but whole', async (t) => {
  const server = await startServer(t, '--rotation-grace', '5');
  const client = new Client(server);
  const { tokens } = await client.signIn();
  await server.ask('POST /faults', { endpoint: 'token', mode: 'html', handled: true });
  assert.match((await client.refresh(tokens.refresh_token)).text, /guest network/);
  await server.ask('POST /faults', { endpoint: 'token', mode: 'delay', delay_ms: 50, handled: true });
  assert.ok((await client.refresh(tokens.refresh_token)).body.refresh_token);
  const issued = await server.ask('GET /issued');
  assert.equal(issued.filter(({ kind }) => kind === 'refresh_token').length, 3);
});
