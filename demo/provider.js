/**
 * The OpenID provider: npm oidc-provider with our people, our client, our pages and the rules of this demo.
 * It is built again, on the same storage, when the signing keys change.
 */
import { Provider, interactionPolicy } from 'oidc-provider';

import { CLIENT } from './client.js';
import { COOKIE_KEYS, firstKeys } from './keys.js';
import { claimsOf, personByLogin, personBySub } from './people.js';
import { endSessionMiddleware, logoutSource, postLogoutSuccessSource } from './leaving.js';
import { CLAIM, markIssued } from './marker.js';
import { renderProblem } from './pages/problem.js';
import { returnToAppMiddleware } from './returning.js';
import { adapterFor } from './storage.js';

const DAY = 24 * 60 * 60;

/**
 * @typedef {object} Lifetimes how long things issued from now on live, in seconds; changed by the control API
 * @property {number} access_token
 * @property {number} id_token
 * @property {number} refresh_token
 */

/**
 * @param {object} parts
 * @param {string} parts.issuer
 * @param {import('./storage.js').Storage} parts.storage
 * @param {import('./options.js').Options} parts.options
 * @param {Lifetimes} parts.lifetimes
 * @param {import('./journal.js').Journal} parts.journal
 * @param {import('./marker.js').Marker} parts.marker
 */
export function createProvider({ issuer, storage, options, lifetimes, journal, marker }) {
  const provider = new Provider(issuer, {
    adapter: adapterFor(storage, options),
    clients: [CLIENT],
    jwks: { keys: storage.keys ?? firstKeys() },
    clientAuthMethods: ['none'],
    responseTypes: ['code'],
    pkce: { required: () => true },
    scopes: ['openid', 'profile', 'email', 'offline_access'],
    claims: {
      openid: ['sub', CLAIM],
      profile: [
        'name', 'given_name', 'family_name', 'preferred_username', 'picture', 'locale', 'updated_at', 'user_metadata',
      ],
      email: ['email', 'email_verified'],
    },
    routes: {
      authorization: '/authorize',
      token: '/token',
      userinfo: '/userinfo',
      jwks: '/jwks',
      revocation: '/revoke',
      end_session: '/end-session',
    },
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      resourceIndicators: { enabled: false },
      revocation: { enabled: true, allowedPolicy: (ctx, client, token) => token.clientId === client.clientId },
      rpInitiatedLogout: { enabled: true, logoutSource, postLogoutSuccessSource },
    },
    findAccount: (ctx, sub) => accountOf(sub, issuer, marker),
    interactions: { policy: policy(), url: (ctx, interaction) => `/interaction/${interaction.uid}` },
    renderError: renderProblem,
    clientBasedCORS: () => false,
    cookies: { keys: COOKIE_KEYS },
    // A token is over when it says so: tests wait for exactly that.
    clockTolerance: 0,
    // Apps are signed out by their own sign-out, not by somebody closing the browser's session.
    expiresWithSession: () => false,
    // The specification hides refresh tokens behind prompt=consent; most providers do not.
    issueRefreshToken: () => options.refreshToken,
    rotateRefreshToken: () => true,
    ttl: {
      AccessToken: () => lifetimes.access_token,
      AuthorizationCode: 60,
      Grant: () => Math.max(90 * DAY, lifetimes.refresh_token),
      IdToken: () => lifetimes.id_token,
      Interaction: 60 * 60,
      RefreshToken: () => lifetimes.refresh_token,
      Session: 14 * DAY,
    },
  });
  provider.use(returnToAppMiddleware);
  provider.use(endSessionMiddleware);
  provider.on('server_error', (ctx, error) => console.error('demo provider:', error));
  markIssued(provider, marker);
  journal.listen(provider);
  return provider;
}

/**
 * @param {string} sub
 * @param {string} issuer
 * @param {import('./marker.js').Marker} marker
 */
function accountOf(sub, issuer, marker) {
  const person = personBySub(sub);
  const claims = (use) => ({ ...claimsOf(person, issuer), ...(use === 'id_token' && marker.claims) });
  return person && { accountId: person.sub, claims };
}

/**
 * When a page is shown: the library's rules, and three differences. Choosing an account can be asked for; a hint that
 * names somebody else leads to the sign-in page; consent is remembered although the client is a native app.
 */
function policy() {
  const { Check, Prompt, base } = interactionPolicy;
  const prompts = base();
  prompts.add(new Prompt({ name: 'select_account', requestable: true }), 0);
  prompts.get('consent').checks.remove('native_client_prompt');
  prompts.get('login').checks.add(new Check('login_hint', 'login_hint names another person', ({ oidc }) => {
    const hinted = personByLogin(oidc.params.login_hint);
    const other = hinted && oidc.session.accountId && hinted.sub !== oidc.session.accountId;
    return Boolean(other && !oidc.result?.login && !oidc.result?.select_account);
  }));
  return prompts;
}
