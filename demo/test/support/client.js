/**
 * Just enough of an app: authorization code with PKCE against the real endpoints.
 */
import { createHash, randomBytes } from 'node:crypto';

import { CLIENT } from '../../client.js';
import { Browser, tags } from './browser.js';

export const DEEP_LINK = CLIENT.redirect_uris[0];
export const SIGNED_OUT = CLIENT.post_logout_redirect_uris[0];

const random = () => randomBytes(32).toString('base64url');

export class Client {
  /** @param {{ issuer: string, client_id: string }} server */
  constructor(server) {
    this.issuer = server.issuer;
    this.clientId = server.client_id;
  }

  /**
   * @param {Record<string, string | undefined>} [more] other parameters; undefined leaves one out
   */
  authorization(more = {}) {
    const verifier = random();
    const url = new URL('/authorize', this.issuer);
    const parameters = {
      client_id: this.clientId,
      response_type: 'code',
      redirect_uri: DEEP_LINK,
      scope: 'openid profile email offline_access',
      state: random(),
      nonce: random(),
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...more,
    };
    for (const [name, value] of Object.entries(parameters)) if (value !== undefined) url.searchParams.set(name, value);
    return { url: url.href, verifier, ...parameters };
  }

  /**
   * A whole sign-in in the browser, up to the address of the app.
   * @param {{ browser?: Browser, login?: string, more?: Record<string, string | undefined> }} [how]
   */
  async authorize({ browser = new Browser(), login = 'ada', more } = {}) {
    const request = this.authorization(more);
    let page = await browser.open(request.url);
    if (page.text.includes('id="sign-in"')) page = await browser.press(page, 'sign-in', { login, password: 'demo' });
    if (page.text.includes('id="allow"')) page = await browser.press(page, 'allow');
    return { ...request, page, callback: callbackOf(page), browser };
  }

  /** A whole sign-in, tokens included. */
  async signIn(how) {
    const { callback, verifier, redirect_uri, browser, nonce } = await this.authorize(how);
    const code = callback.searchParams.get('code');
    const answer = await this.token({ grant_type: 'authorization_code', code, redirect_uri, code_verifier: verifier });
    return { ...answer, tokens: answer.body, browser, nonce };
  }

  refresh(refreshToken) {
    return this.token({ grant_type: 'refresh_token', refresh_token: refreshToken });
  }

  token(parameters) {
    return this.post('/token', parameters);
  }

  revoke(token) {
    return this.post('/revoke', { token });
  }

  async post(path, parameters) {
    const body = new URLSearchParams({ client_id: this.clientId, ...parameters });
    const response = await fetch(this.issuer + path, { method: 'POST', body });
    const text = await response.text();
    const json = text.startsWith('{') ? JSON.parse(text) : undefined;
    return { status: response.status, headers: response.headers, text, body: json };
  }

  async userinfo(accessToken) {
    const response = await fetch(`${this.issuer}/userinfo`, { headers: { authorization: `Bearer ${accessToken}` } });
    return { status: response.status, body: await response.json() };
  }

  async get(path) {
    return (await fetch(this.issuer + path)).json();
  }
}

/** The address of the app to which a page, or a redirect, leads. */
export function callbackOf(page) {
  const link = page.location ?? tags(page.text, 'a').find((attributes) => attributes.id === 'open-app')?.href;
  return link === undefined ? undefined : new URL(link);
}

/** The claims of an ID token, unverified. */
export function payloadOf(idToken) {
  return JSON.parse(Buffer.from(idToken.split('.')[1], 'base64url').toString());
}

/** The header of an ID token. */
export function headerOf(idToken) {
  return JSON.parse(Buffer.from(idToken.split('.')[0], 'base64url').toString());
}
