/**
 * What happens to tokens after the sign-in: renewal, reuse, revocation, the end of their life, sign-out.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Browser, tags } from './support/browser.js';
import { callbackOf, Client, payloadOf, SIGNED_OUT } from './support/client.js';
import { startServer } from './support/server.js';

test('a refresh token is rotated at each use', async (t) => {
  const client = new Client(await startServer(t));
  const { tokens } = await client.signIn();
  const first = await client.refresh(tokens.refresh_token);
  assert.equal(first.status, 200);
  assert.notEqual(first.body.refresh_token, tokens.refresh_token);
  assert.equal(payloadOf(first.body.id_token).sub, 'ada');
  assert.equal((await client.userinfo(first.body.access_token)).status, 200);
  assert.equal((await client.refresh(first.body.refresh_token)).status, 200);
});

test('a refresh token used twice ends the whole grant', async (t) => {
  const client = new Client(await startServer(t));
  const { tokens } = await client.signIn();
  const { body: second } = await client.refresh(tokens.refresh_token);
  const reuse = await client.refresh(tokens.refresh_token);
  assert.equal(reuse.status, 400);
  assert.equal(reuse.body.error, 'invalid_grant');
  assert.equal((await client.refresh(second.refresh_token)).body.error, 'invalid_grant');
  assert.equal((await client.userinfo(second.access_token)).status, 401);
});

test('of two uses at once only one works, and the grant ends', async (t) => {
  const client = new Client(await startServer(t));
  const { tokens } = await client.signIn();
  const answers = await Promise.all(Array.from({ length: 4 }, () => client.refresh(tokens.refresh_token)));
  assert.equal(answers.filter(({ status }) => status === 200).length, 1);
  const won = answers.find(({ status }) => status === 200).body;
  assert.equal((await client.refresh(won.refresh_token)).body.error, 'invalid_grant');
});

test('--rotation-grace lets a rotated token be used that many more times', async (t) => {
  const client = new Client(await startServer(t, '--rotation-grace', '1'));
  const { tokens } = await client.signIn();
  await client.refresh(tokens.refresh_token);
  const again = await client.refresh(tokens.refresh_token);
  assert.equal(again.status, 200);
  assert.equal((await client.refresh(tokens.refresh_token)).body.error, 'invalid_grant');
  assert.equal((await client.refresh(again.body.refresh_token)).body.error, 'invalid_grant', 'reuse ended the grant');
});

test('a code used twice ends what came of it', async (t) => {
  const client = new Client(await startServer(t));
  const { callback, redirect_uri, verifier } = await client.authorize();
  const code = callback.searchParams.get('code');
  const parameters = { grant_type: 'authorization_code', code, redirect_uri, code_verifier: verifier };
  const exchange = () => client.token(parameters);
  const { body } = await exchange();
  assert.equal((await exchange()).body.error, 'invalid_grant');
  assert.equal((await client.refresh(body.refresh_token)).body.error, 'invalid_grant');
});

test('refresh tokens are given without offline_access, and not at all with --no-refresh-token', async (t) => {
  const usual = new Client(await startServer(t));
  assert.ok((await usual.signIn({ more: { scope: 'openid' } })).tokens.refresh_token);
  const without = new Client(await startServer(t, '--no-refresh-token'));
  const { tokens } = await without.signIn({ more: { prompt: 'consent' } });
  assert.ok(tokens.access_token);
  assert.equal(tokens.refresh_token, undefined);
});

test('revocation ends the grant', async (t) => {
  const client = new Client(await startServer(t));
  const { tokens } = await client.signIn();
  assert.equal((await client.revoke(tokens.refresh_token)).status, 200);
  assert.equal((await client.refresh(tokens.refresh_token)).body.error, 'invalid_grant');
  assert.equal((await client.userinfo(tokens.access_token)).status, 401);
  assert.equal((await client.revoke('never-issued')).status, 200, 'RFC 7009: an unknown token is no error');
});

test('tokens end on time; lives can be changed while it runs', async (t) => {
  const server = await startServer(t, '--access-token-ttl', '1');
  const client = new Client(server);
  const { tokens } = await client.signIn();
  assert.equal(tokens.expires_in, 1);
  const { iat, exp } = payloadOf(tokens.id_token);
  assert.equal(exp - iat, 3600);
  let status = 200;
  for (const deadline = Date.now() + 5000; status === 200 && Date.now() < deadline;) {
    ({ status } = await client.userinfo(tokens.access_token));
  }
  assert.equal(status, 401);

  assert.deepEqual(
    await server.ask('POST /ttl', { access_token: 9, id_token: 8 }),
    { access_token: 9, id_token: 8, refresh_token: 1209600, device_code: 600 },
  );
  const { body } = await client.refresh(tokens.refresh_token);
  assert.equal(body.expires_in, 9);
  const renewed = payloadOf(body.id_token);
  assert.equal(renewed.exp - renewed.iat, 8);
});

test('signing out asks, ends the session and returns to the app', async (t) => {
  const client = new Client(await startServer(t));
  const { browser, tokens } = await client.signIn();
  const url = new URL('/end-session', client.issuer);
  url.search = new URLSearchParams({
    id_token_hint: tokens.id_token, post_logout_redirect_uri: SIGNED_OUT, state: 's-1',
  }).toString();
  const question = await browser.open(url.href);
  assert.match(question.text, /Ada Park/);
  const done = await browser.press(question, 'confirm-sign-out');
  assert.match(done.text, /You are signed out/);
  assert.equal(callbackOf(done).href, `${SIGNED_OUT}?state=s-1`);
  const next = await browser.open(client.authorization().url);
  assert.match(next.text, /id="sign-in"/);

  const nobody = await new Browser().open(url.href);
  assert.equal(callbackOf(nobody).href, `${SIGNED_OUT}?state=s-1`, 'nobody there: nothing to ask');
});

test('signing out without an address to return to; staying', async (t) => {
  const client = new Client(await startServer(t));
  const { browser, tokens } = await client.signIn();
  const address = `${client.issuer}/end-session`;
  const stayed = await browser.press(await browser.open(address), 'stay');
  assert.match(stayed.text, /You stay signed in/);
  const withClient = await browser.open(`${address}?client_id=latchkey-demo`);
  assert.match((await browser.press(withClient, 'stay')).text, /You stay signed in/);
  const gone = await browser.press(await browser.open(address), 'confirm-sign-out');
  assert.match(gone.text, /You are signed out/);
  assert.equal(callbackOf(gone), undefined);
  assert.match((await new Browser().open(address)).text, /You are signed out/);
  assert.equal((await client.refresh(tokens.refresh_token)).status, 200, 'the app ends its own grant by revocation');
});

test('an address to return to must be registered', async (t) => {
  const client = new Client(await startServer(t));
  const url = `${client.issuer}/end-session?client_id=latchkey-demo&post_logout_redirect_uri=`;
  const page = await new Browser().open(url + encodeURIComponent('https://example.com/'));
  assert.equal(page.status, 400);
  assert.match(page.text, /post_logout_redirect_uri not registered/);
});

test('no page carries a script, and every page says what it is', async (t) => {
  const client = new Client(await startServer(t));
  const browser = new Browser();
  const login = await browser.open(client.authorization().url);
  const wrong = await browser.press(login, 'sign-in', { login: 'ada', password: 'no' });
  const consent = await browser.press(wrong, 'sign-in', { login: 'ada', password: 'demo' });
  const back = await browser.press(consent, 'allow');
  const choice = await browser.open(client.authorization({ prompt: 'select_account' }).url);
  const leave = await browser.open(`${client.issuer}/end-session`);
  const left = await browser.press(leave, 'confirm-sign-out');
  const refused = await browser.open(client.authorization({ client_id: '<b>nobody</b>' }).url);
  const start = await browser.open(`${client.issuer}/`);
  const missing = await browser.open(`${client.issuer}/missing`);
  const late = await browser.open(login.url);
  for (const page of [login, wrong, consent, back, choice, leave, left, refused, start, missing, late]) {
    assert.equal(tags(page.text, 'script').length, 0, page.url);
    assert.equal(page.text.includes('style='), false, page.url);
    assert.match(page.text, /Development only/, page.url);
    assert.match(page.text, /<html lang="en">/, page.url);
    assert.equal(tags(page.text, 'h1').length, 1, page.url);
    assert.match(page.headers.get('content-security-policy'), /^default-src 'none'; style-src 'self'/, page.url);
    assert.equal(page.headers.get('cache-control').includes('no-store'), true, page.url);
    assert.equal(page.headers.get('x-content-type-options'), 'nosniff', page.url);
    const labelled = new Set(tags(page.text, 'label').map((label) => label.for));
    for (const { type, id } of tags(page.text, 'input')) assert.ok(type === 'hidden' || labelled.has(id), id);
  }
});
