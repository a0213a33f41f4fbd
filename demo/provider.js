/**
 * The OpenID provider: npm oidc-provider with our people, our client, our pages and the rules of this demo.
 * It is built again, on the same storage, when the signing keys change.
 */
import { Provider, interactionPolicy } from 'oidc-provider';

import { clientWith } from './client.js';
import { COOKIE_KEYS, firstKeys } from './keys.js';
import { deviceMiddleware, successSource, userCodeConfirmSource, userCodeInputSource } from './device.js';
import { claimsOf, personByLogin, personBySub } from './people.js';
import { endSessionMiddleware, logoutSource, postLogoutSuccessSource } from './leaving.js';
import { CLAIM, markIssued } from './marker.js';
import { announcedPrompts } from './offers.js';
import { renderProblem } from './pages/problem.js';
import { returnToAppMiddleware } from './returning.js';
import { adapterFor } from './storage.js';

const DAY = 24 * 60 * 60;

/** What Auth0 wants for one's own metadata. */
const MANAGEMENT_SCOPES = ['read:current_user', 'update:current_user_metadata'];

/**
 * @typedef {object} Lifetimes how long things issued from now on live, in seconds; changed by the control API
 * @property {number} access_token
 * @property {number} id_token
 * @property {number} refresh_token
 * @property {number} device_code
 */

/**
 * @param {object} parts
 * @param {string} parts.issuer
 * @param {import('./storage.js').Storage} parts.storage
 * @param {import('./options.js').Options} parts.options
 * @param {Lifetimes} parts.lifetimes
 * @param {import('./journal.js').Journal} parts.journal
 * @param {import('./marker.js').Marker} parts.marker
 * @param {import('./metadata.js').Metadata} parts.metadata
 * @param {import('./offers.js').Offers} parts.offers
 */
export function createProvider({ issuer, storage, options, lifetimes, journal, marker, metadata, offers }) {
  const provider = new Provider(issuer, {
    adapter: adapterFor(storage, options),
    clients: [clientWith(options.scheme ? [options.scheme] : [])],
    jwks: { keys: storage.keys ?? firstKeys() },
    clientAuthMethods: ['none'],
    discovery: { prompt_values_supported: announcedPrompts(offers) },
    responseTypes: ['code'],
    pkce: { required: () => true },
    scopes: ['openid', 'profile', 'email', 'offline_access', 'metadata', ...MANAGEMENT_SCOPES],
    // Auth0's way to say for which API an access token is meant.
    extraParams: ['audience'],
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
      pushed_authorization_request: '/par',
      device_authorization: '/device-authorization',
      code_verification: '/device',
    },
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      deviceFlow: {
        enabled: offers.device === 'offered',
        mask: '****-****',
        userCodeInputSource,
        userCodeConfirmSource,
        successSource,
      },
      pushedAuthorizationRequests: {
        enabled: offers.par !== 'off',
        requirePushedAuthorizationRequests: offers.par === 'required',
      },
      resourceIndicators: { enabled: false },
      revocation: { enabled: true, allowedPolicy: (ctx, client, token) => token.clientId === client.clientId },
      rpInitiatedLogout: { enabled: true, logoutSource, postLogoutSuccessSource },
    },
    findAccount: (ctx, sub) => accountOf(sub, issuer, marker, metadata),
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
      DeviceCode: () => lifetimes.device_code,
      PushedAuthorizationRequest: 60,
      Grant: () => Math.max(90 * DAY, lifetimes.refresh_token),
      IdToken: () => lifetimes.id_token,
      Interaction: 60 * 60,
      RefreshToken: () => lifetimes.refresh_token,
      Session: 14 * DAY,
    },
  });
  provider.use((ctx, next) => returnToAppMiddleware(ctx, next, offers));
  provider.use(deviceMiddleware);
  provider.use(endSessionMiddleware);
  provider.on('server_error', (ctx, error) => console.error('demo provider:', error));
  markIssued(provider, marker);
  journal.listen(provider);
  rememberAudience(provider, storage);
  return provider;
}

/**
 * The audience stays with the grant, so that renewed tokens have it, too. Sign-ins in the same browser share a grant: the
 * last one says.
 * @param {Provider} provider
 * @param {import('./storage.js').Storage} storage
 */
function rememberAudience(provider, storage) {
  provider.on('authorization.success', (ctx, out) => {
    const grantId = out?.code && storage.get(`AuthorizationCode:${out.code}`)?.grantId;
    if (grantId) storage.set(`Audience:${grantId}`, { audience: ctx.oidc.params.audience });
  });
}

/**
 * @param {string} sub
 * @param {string} issuer
 * @param {import('./marker.js').Marker} marker
 * @param {import('./metadata.js').Metadata} metadata
 */
function accountOf(sub, issuer, marker, metadata) {
  const person = personBySub(sub);
  const claims = (use) => ({
    ...claimsOf(person, issuer),
    user_metadata: metadata.of(sub).fields,
    ...(use === 'id_token' && marker.claims),
  });
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
