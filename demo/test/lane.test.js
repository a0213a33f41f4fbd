/**
 * The ways in beyond the usual one: another device, pushed requests, accounts, and a way back that is lost.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Browser } from './support/browser.js';
import { callbackOf, Client, payloadOf } from './support/client.js';
import { startServer } from './support/server.js';

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

/** The codes for another device, and a way to ask for the tokens. */
async function device(client) {
  const { status, body } = await client.post('/device-authorization', { scope: 'openid profile offline_access' });
  assert.equal(status, 200);
  return { ...body, poll: () => client.token({ grant_type: DEVICE_GRANT, device_code: body.device_code }) };
}

/** A person at another device, up to the page after the consent. */
async function sayYes(codes, { browser = new Browser(), button = 'confirm' } = {}) {
  let page = await browser.open(codes.verification_uri_complete);
  page = await browser.press(page, 'continue');
  assert.match(page.text, new RegExp(`id="shown-code">${codes.user_code}<`));
  page = await browser.press(page, button);
  if (page.text.includes('id="sign-in"')) page = await browser.press(page, 'sign-in', { login: 'ada', password: 'demo' });
  if (page.text.includes('id="allow"')) page = await browser.press(page, 'allow');
  return page;
}

test('another device: codes, waiting, tokens without a nonce', async (t) => {
  const client = new Client(await startServer(t));
  const document = await client.get('/.well-known/openid-configuration');
  assert.equal(document.device_authorization_endpoint, `${client.issuer}/device-authorization`);
  const codes = await device(client);
  assert.match(codes.user_code, /^[A-Z]{4}-[A-Z]{4}$/);
  assert.equal(codes.verification_uri, `${client.issuer}/device`);
  assert.ok(codes.verification_uri_complete.includes(codes.user_code));
  assert.equal((await codes.poll()).body.error, 'authorization_pending');
  const page = await sayYes(codes);
  assert.match(page.text, /You are signed in/);
  assert.doesNotMatch(page.text, /<script/);
  const { status, body } = await codes.poll();
  assert.equal(status, 200);
  assert.ok(body.refresh_token);
  assert.equal(payloadOf(body.id_token).sub, 'ada');
  assert.equal(payloadOf(body.id_token).nonce, undefined);
  assert.equal((await codes.poll()).body.error, 'invalid_grant', 'once');
});

test('another device: a typed code, a wrong one, and no', async (t) => {
  const client = new Client(await startServer(t));
  const codes = await device(client);
  const browser = new Browser();
  let page = await browser.open(codes.verification_uri);
  page = await browser.press(page, 'continue', { user_code: 'AAAA-AAAA' });
  assert.match(page.text, /role="alert"/);
  page = await browser.press(page, 'continue', { user_code: codes.user_code.toLowerCase() });
  page = await browser.press(page, 'abort');
  assert.match(page.text, /Nobody was signed in/);
  assert.equal((await codes.poll()).body.error, 'access_denied');
});

test('another device: an end, and no offer', async (t) => {
  const server = await startServer(t);
  const client = new Client(server);
  await server.ask('POST /ttl', { device_code: 1 });
  const codes = await device(client);
  assert.equal(codes.expires_in, 1);
  await new Promise((resolve) => { setTimeout(resolve, 2100); });
  assert.equal((await codes.poll()).body.error, 'expired_token');
  await server.ask('POST /offers', { device: 'off' });
  const document = await client.get('/.well-known/openid-configuration');
  assert.equal(document.device_authorization_endpoint, undefined);
});

test('pushed requests: offered, required, and neither', async (t) => {
  const server = await startServer(t);
  const client = new Client(server);
  const discovered = () => client.get('/.well-known/openid-configuration');
  assert.equal((await discovered()).pushed_authorization_request_endpoint, undefined);
  await server.ask('POST /offers', { par: 'offered' });
  assert.equal((await discovered()).pushed_authorization_request_endpoint, `${server.issuer}/par`);
  const { url: plain, verifier, redirect_uri } = client.authorization();
  const { status, body } = await client.post('/par', Object.fromEntries(new URL(plain).searchParams));
  assert.equal(status, 201);
  const pushed = new URL('/authorize', server.issuer);
  pushed.search = new URLSearchParams({ client_id: client.clientId, request_uri: body.request_uri }).toString();
  const browser = new Browser();
  let page = await browser.open(pushed.href);
  page = await browser.press(page, 'sign-in', { login: 'ada', password: 'demo' });
  page = await browser.press(page, 'allow');
  const code = callbackOf(page).searchParams.get('code');
  const answer = await client.token({ grant_type: 'authorization_code', code, redirect_uri, code_verifier: verifier });
  assert.equal(answer.status, 200);
  await server.ask('POST /offers', { par: 'required' });
  assert.equal((await discovered()).require_pushed_authorization_requests, true);
  const refused = await new Browser().open(client.authorization().url);
  assert.match(refused.text + refused.location, /invalid_request/);
});

test('accounts: another one can be chosen, and somebody else can come back', async (t) => {
  const server = await startServer(t);
  const client = new Client(server);
  const { browser } = await client.signIn({ login: 'ada' });
  const values = async () => (await client.get('/.well-known/openid-configuration')).prompt_values_supported;
  assert.deepEqual(await values(), ['none', 'login', 'consent', 'select_account']);
  let page = await browser.open(client.authorization({ prompt: 'select_account' }).url);
  assert.match(page.text, /Continue as Ada/);
  page = await browser.press(page, 'continue');
  assert.ok(callbackOf(page)?.searchParams.get('code') ?? page.text.includes('id="allow"'));
  for (const prompt of ['login', 'select_account login']) {
    page = await browser.open(client.authorization({ prompt }).url);
    if (page.text.includes('id="another"')) page = await browser.open(new URL(/href="([^"]+\/login)"/.exec(page.text)[1], page.url).href);
    page = await browser.press(page, 'sign-in', { login: 'benoit', password: 'demo' });
    if (page.text.includes('id="allow"')) page = await browser.press(page, 'allow');
    assert.ok(callbackOf(page).searchParams.get('code'), prompt);
  }
  // Benoît has the browser now: a hint at Ada leads to the sign-in page, and he may sign in there all the same.
  const { tokens } = await client.signIn({ browser, login: 'benoit', more: { login_hint: 'ada@example.com' } });
  assert.equal(payloadOf(tokens.id_token).sub, 'benoit');
  await server.ask('POST /offers', { prompts: 'without-select-account' });
  assert.deepEqual(await values(), ['none', 'login', 'consent']);
  await server.ask('POST /offers', { prompts: 'unsaid' });
  assert.equal(await values(), undefined);
});

test('a way back that is lost leaves the address in the tab', async (t) => {
  const server = await startServer(t);
  const client = new Client(server);
  await server.ask('POST /offers', { callback: 'lost' });
  for (const more of [undefined, { redirect_uri: 'http://127.0.0.1:4999/callback' }]) {
    const { page, state } = await client.authorize({ more });
    const [, address] = /id="lost-callback">([^<]+)</.exec(page.text);
    assert.ok(address.includes('/callback?code=') && address.includes(state), address);
    assert.doesNotMatch(page.text, /http-equiv|id="open-app"/);
  }
  await server.ask('POST /offers', { callback: 'arrives' });
  assert.ok((await client.authorize()).callback.searchParams.get('code'));
});

test('what is not there to be offered is refused', async (t) => {
  const server = await startServer(t);
  for (const body of [{ par: 'maybe' }, { pushed: 'off' }, { device: true }]) {
    await assert.rejects(server.ask('POST /offers', body), /unknown|one of/);
  }
});
