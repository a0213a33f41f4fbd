/**
 * A whole sign-in against the real server, and the ways in which a person takes part in it.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Browser, tags } from './support/browser.js';
import { callbackOf, Client, DEEP_LINK, headerOf, payloadOf } from './support/client.js';
import { startServer } from './support/server.js';

test('discovery names the endpoints an app needs', async (t) => {
  const server = await startServer(t);
  const document = await new Client(server).get('/.well-known/openid-configuration');
  assert.equal(document.issuer, server.issuer);
  assert.equal(document.authorization_response_iss_parameter_supported, true);
  assert.deepEqual(document.code_challenge_methods_supported, ['S256']);
  assert.deepEqual(document.scopes_supported.sort(), [
    'email',
    'metadata',
    'offline_access',
    'openid',
    'profile',
    'read:current_user',
    'update:current_user_metadata',
  ]);
  for (const endpoint of ['token', 'userinfo', 'revocation', 'end_session', 'authorization']) {
    assert.ok(document[`${endpoint}_endpoint`].startsWith(server.issuer), endpoint);
  }
  assert.equal(document.introspection_endpoint, undefined);
});

test('code, tokens, claims', async (t) => {
  const server = await startServer(t, '--access-token-ttl', '77');
  const client = new Client(server);
  const { callback, state, nonce, verifier } = await client.authorize();
  assert.equal(callback.searchParams.get('state'), state);
  assert.equal(callback.searchParams.get('iss'), server.issuer, 'RFC 9207');
  const { status, body } = await client.token({
    grant_type: 'authorization_code',
    code: callback.searchParams.get('code'),
    redirect_uri: DEEP_LINK,
    code_verifier: verifier,
  });
  assert.equal(status, 200);
  assert.equal(body.token_type, 'Bearer');
  assert.equal(body.expires_in, 77);
  assert.ok(body.refresh_token);
  const claims = payloadOf(body.id_token);
  assert.equal(claims.sub, 'ada');
  assert.equal(claims.nonce, nonce);
  assert.equal(claims.aud, 'latchkey-demo');
  assert.equal(claims.name, undefined, 'profile claims are left to userinfo');
  const { keys } = await client.get('/jwks');
  assert.deepEqual(keys.map((key) => key.kid), [headerOf(body.id_token).kid]);
  assert.ok(keys.every((key) => key.d === undefined), 'only public parts are published');

  const userinfo = await client.userinfo(body.access_token);
  assert.equal(userinfo.status, 200);
  assert.equal(userinfo.body.name, 'Ada Park');
  assert.equal(userinfo.body.preferred_username, 'ada');
  assert.equal(userinfo.body.email, 'ada@example.com');
  assert.equal(userinfo.body.email_verified, true);
  assert.equal(userinfo.body.user_metadata.country, 'GB');
  assert.equal(userinfo.body.picture, `${server.issuer}/pictures/ada.png`);
});

test('a scope that was not asked for is not told', async (t) => {
  const client = new Client(await startServer(t));
  const { tokens } = await client.signIn({ more: { scope: 'openid' } });
  assert.deepEqual((await client.userinfo(tokens.access_token)).body, { sub: 'ada' });
});

test('the others: an unconfirmed address, no picture, sign-in by e-mail address or with accents', async (t) => {
  const client = new Client(await startServer(t));
  const claimsOf = async (login) => {
    const { tokens } = await client.signIn({ login });
    return (await client.userinfo(tokens.access_token)).body;
  };
  const benoit = await claimsOf('BENOIT@example.com');
  assert.equal(benoit.name, 'Benoît Okafor');
  assert.equal(benoit.email_verified, false);
  assert.match(benoit.picture, /benoit\.jpg$/);
  assert.equal((await claimsOf(' Benoît ')).sub, 'benoit');
  assert.equal((await claimsOf('chiyo')).picture, undefined);
});

test('PKCE is required, and only S256', async (t) => {
  const client = new Client(await startServer(t));
  const none = { code_challenge: undefined, code_challenge_method: undefined };
  for (const more of [none, { code_challenge_method: 'plain' }]) {
    const callback = callbackOf(await new Browser().open(client.authorization(more).url));
    assert.equal(callback.searchParams.get('error'), 'invalid_request');
  }
  const { callback, redirect_uri } = await client.authorize();
  const code = callback.searchParams.get('code');
  const wrong = { grant_type: 'authorization_code', code, redirect_uri, code_verifier: 'x'.repeat(43) };
  const answer = await client.token(wrong);
  assert.equal(answer.body.error, 'invalid_grant');
});

test('loopback redirects of any port are plain redirects, for browsers too', async (t) => {
  const client = new Client(await startServer(t));
  for (const redirect_uri of ['http://127.0.0.1:4999/callback', 'http://[::1]:4999/callback']) {
    const { page } = await client.authorize({ more: { redirect_uri } });
    assert.equal(page.status, 303);
    assert.ok(page.location.startsWith(`${redirect_uri}?code=`), page.location);
  }
});

test('an address that is not registered gets nothing', async (t) => {
  const client = new Client(await startServer(t));
  const strangers = ['http://localhost:49/callback', 'https://example.com/callback', 'a.b:/callback', `${DEEP_LINK}/x`];
  for (const redirect_uri of strangers) {
    const page = await new Browser().open(client.authorization({ redirect_uri }).url);
    assert.equal(page.status, 400);
    assert.match(page.text, /cannot be answered/);
    assert.match(page.text, /invalid_redirect_uri/);
  }
});

test('the way back: a page for browsers, a redirect for others', async (t) => {
  const client = new Client(await startServer(t));
  const { page, state } = await client.authorize();
  assert.equal(page.status, 200);
  assert.match(page.text, /You are signed in/);
  const [refresh] = tags(page.text, 'meta').filter((meta) => meta['http-equiv'] === 'refresh');
  assert.equal(refresh.content, `0; url=${callbackOf(page).href}`);
  assert.equal(callbackOf(page).searchParams.get('state'), state);
  const plain = await client.authorize({ browser: new Browser({ accept: '*/*' }) });
  assert.equal(plain.page.status, 303);
  assert.ok(plain.page.location.startsWith(DEEP_LINK));
});

test('a wrong password is said so, and the name stays', async (t) => {
  const client = new Client(await startServer(t));
  const browser = new Browser();
  const page = await browser.open(client.authorization().url);
  const again = await browser.press(page, 'sign-in', { login: 'ada', password: 'wrong' });
  assert.equal(again.status, 400);
  assert.match(again.text, /role="alert"/);
  const [login] = tags(again.text, 'input');
  assert.equal(login.value, 'ada');
  assert.equal(login['aria-invalid'], 'true');
  const consent = await browser.press(again, 'sign-in', { login: 'ada', password: 'demo' });
  assert.match(consent.text, /id="allow"/);
});

test('cancel and deny reach the app as access_denied', async (t) => {
  const client = new Client(await startServer(t));
  const browser = new Browser();
  const request = client.authorization();
  const login = await browser.open(request.url);
  const cancelled = await browser.press(login, 'cancel');
  assert.match(cancelled.text, /Sign-in cancelled/);
  assert.equal(callbackOf(cancelled).searchParams.get('error'), 'access_denied');
  assert.equal(callbackOf(cancelled).searchParams.get('state'), request.state);
  assert.equal(callbackOf(cancelled).searchParams.get('iss'), client.issuer);

  const second = await browser.open(client.authorization().url);
  const consent = await browser.press(second, 'sign-in', { login: 'ada', password: 'demo' });
  const denied = await browser.press(consent, 'deny');
  assert.equal(callbackOf(denied).searchParams.get('error'), 'access_denied');
});

test('an old tab gets a kind page', async (t) => {
  const client = new Client(await startServer(t));
  const browser = new Browser();
  const login = await browser.open(client.authorization().url);
  await browser.press(login, 'cancel');
  const late = await browser.press(login, 'sign-in', { login: 'ada', password: 'demo' });
  assert.equal(late.status, 410);
  assert.match(late.text, /This sign-in is over/);
  const stranger = await new Browser().open(login.url);
  assert.equal(stranger.status, 410);
});

test('the browser remembers person and consent, until asked otherwise', async (t) => {
  const client = new Client(await startServer(t));
  const { browser } = await client.authorize();
  const pageWith = async (more) => browser.open(client.authorization(more).url);
  assert.ok(callbackOf(await pageWith({})).searchParams.has('code'), 'straight through');
  assert.match((await pageWith({ prompt: 'login' })).text, /id="sign-in"/);
  assert.match((await pageWith({ prompt: 'consent' })).text, /id="allow"/);
  assert.match((await pageWith({ max_age: '0' })).text, /id="sign-in"/);
  assert.match((await pageWith({ login_hint: 'benoit' })).text, /id="sign-in"/, 'a hint at somebody else');
  assert.ok(callbackOf(await pageWith({ login_hint: 'ada@example.com' })).searchParams.has('code'));
  assert.ok(callbackOf(await pageWith({ prompt: 'none' })).searchParams.has('code'));
  const stranger = await new Browser().open(client.authorization({ prompt: 'none' }).url);
  assert.equal(callbackOf(stranger).searchParams.get('error'), 'login_required');
});

test('choosing an account', async (t) => {
  const client = new Client(await startServer(t));
  const { browser } = await client.authorize();
  const { url } = client.authorization({ prompt: 'select_account' });
  const choice = await browser.open(url);
  assert.match(choice.text, /Continue as Ada/);
  assert.ok(callbackOf(await browser.press(choice, 'continue')).searchParams.has('code'));

  const other = await browser.open(url);
  const link = tags(other.text, 'a').find(({ id }) => id === 'another');
  const login = await browser.open(new URL(link.href, other.url).href);
  const consent = await browser.press(login, 'sign-in', { login: 'chiyo', password: 'demo' });
  assert.match(consent.text, /Chiyo Lind/);
  assert.ok(callbackOf(await browser.press(consent, 'allow')).searchParams.has('code'));
  assert.match((await browser.open(url)).text, /Continue as Chiyo/);
});

test('two tabs, two people: the later one is signed in', async (t) => {
  const client = new Client(await startServer(t));
  const browser = new Browser();
  const older = await browser.open(client.authorization().url);
  await client.authorize({ browser, login: 'ada' });
  const consent = await browser.press(older, 'sign-in', { login: 'chiyo', password: 'demo' });
  assert.match(consent.text, /Chiyo Lind/);
  assert.ok(callbackOf(await browser.press(consent, 'allow')).searchParams.has('code'));
  assert.match((await browser.open(client.authorization({ prompt: 'select_account' }).url)).text, /Continue as Chiyo/);
});

test('an older tab of the same person still answers its own request', async (t) => {
  const client = new Client(await startServer(t));
  const browser = new Browser();
  const first = client.authorization();
  const older = await browser.open(first.url);
  await client.authorize({ browser });
  const back = await browser.press(older, 'sign-in', { login: 'ada', password: 'demo' });
  assert.equal(callbackOf(back).searchParams.get('state'), first.state);
});

test('the sign-in page takes the place of the account choice when nobody is signed in', async (t) => {
  const client = new Client(await startServer(t));
  const { callback } = await client.authorize({ more: { prompt: 'select_account' } });
  assert.ok(callback.searchParams.has('code'));
});

test('a hint fills in the name and cannot bring markup', async (t) => {
  const client = new Client(await startServer(t));
  const hint = '"><script>alert(1)</script>';
  const page = await new Browser().open(client.authorization({ login_hint: hint }).url);
  assert.equal(tags(page.text, 'script').length, 0);
  assert.ok(page.text.includes('value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"'));
});
