/**
 * The pages a person meets during a sign-in: sign in, choose an account, consent. Each answers one question of
 * oidc-provider and sends the browser back to it with the result.
 */
import { sendPage } from './http.js';
import { accountPage } from './pages/account.js';
import { consentPage } from './pages/consent.js';
import { loginPage } from './pages/login.js';
import { expiredPage, notFoundPage } from './pages/problem.js';
import { PASSWORD, personByLogin, personBySub } from './people.js';

const NOT_ACCEPTED = 'That name and password do not go together. The demo accounts are listed below.';

/**
 * @typedef {object} Turn one request of a browser in the middle of a sign-in
 * @property {import('oidc-provider').Provider} provider
 * @property {import('./options.js').Options} options
 * @property {import('node:http').IncomingMessage} req
 * @property {import('node:http').ServerResponse} res
 * @property {URLSearchParams} form
 * @property {any} interaction
 * @property {string} app               name of the client
 * @property {string} formTargets       where the forms of the page may lead
 */

/** @type {Record<string, (turn: Turn) => Promise<void> | void>} */
const ROUTES = {
  'GET ': showQuestion,
  'GET login': showLogin,
  'POST login': login,
  'POST continue': (turn) => finish(turn, { select_account: {} }),
  'POST consent': consent,
  'POST deny': (turn) => refuse(turn, 'the person declined'),
  'POST cancel': (turn) => refuse(turn, 'the person cancelled the sign-in'),
};

/**
 * @param {Omit<Turn, 'interaction' | 'app' | 'formTargets'> & { path: string }} request path: below /interaction/
 */
export async function interact({ path, ...request }) {
  const [uid, action = ''] = path.split('/');
  const route = ROUTES[`${request.req.method} ${action}`];
  if (!route) return sendPage(request.res, 404, notFoundPage());
  const interaction = await openInteraction(request.provider, request.req, request.res);
  if (interaction?.uid !== uid) return sendPage(request.res, 410, expiredPage());
  const client = await request.provider.Client.find(interaction.params.client_id);
  return route({
    ...request,
    interaction,
    app: client?.clientName ?? client?.clientId ?? 'the app',
    formTargets: formTargets(interaction.params.redirect_uri),
  });
}

/** @returns {Promise<any>} undefined when there is none (any more) for this browser */
async function openInteraction(provider, req, res) {
  try {
    return await provider.interactionDetails(req, res);
  } catch (error) {
    if (error.name === 'SessionNotFound') return undefined;
    throw error;
  }
}

/**
 * A form's answer may be redirected to the app's loopback address, which browsers check against the page's policy.
 * Policies have no notation for IPv6 addresses, hence the wider scheme for those.
 * @param {string | undefined} redirectUri
 */
function formTargets(redirectUri) {
  if (redirectUri === undefined) return ''; // another device: nobody is sent anywhere
  const { protocol, hostname, origin } = new URL(redirectUri);
  if (protocol !== 'http:') return '';
  return hostname.startsWith('[') ? 'http:' : origin;
}

/** @param {Turn} turn */
function showQuestion(turn) {
  const { name } = turn.interaction.prompt;
  if (name === 'consent') return showConsent(turn);
  if (name === 'select_account' && signedIn(turn)) return showAccount(turn);
  return showLogin(turn);
}

/** @param {Turn} turn */
function signedIn({ interaction }) {
  return personBySub(interaction.session?.accountId);
}

/**
 * @param {Turn} turn
 * @param {{ login?: string, error?: string }} [retry]
 */
function showLogin({ res, interaction, app, formTargets: targets }, retry) {
  const { login = interaction.params.login_hint, error } = retry ?? {};
  const page = loginPage({ uid: interaction.uid, app, login, error });
  sendPage(res, error ? 400 : 200, page, targets);
}

/** @param {Turn} turn */
function showAccount(turn) {
  const { res, interaction, app } = turn;
  sendPage(res, 200, accountPage({ uid: interaction.uid, app, person: signedIn(turn) }), turn.formTargets);
}

/** @param {Turn} turn */
function showConsent(turn) {
  const { res, interaction, app, options } = turn;
  const page = consentPage({
    uid: interaction.uid,
    app,
    person: signedIn(turn),
    scopes: interaction.params.scope.split(' '),
    staysSignedIn: options.refreshToken,
  });
  sendPage(res, 200, page, turn.formTargets);
}

/** @param {Turn} turn */
async function login(turn) {
  const typed = turn.form.get('login') ?? '';
  const person = personByLogin(typed);
  if (!person || turn.form.get('password') !== PASSWORD) {
    return showLogin(turn, { login: typed, error: NOT_ACCEPTED });
  }
  await forgetOtherPerson(turn, person);
  const chosen = turn.interaction.prompt.name === 'select_account' ? { select_account: {} } : {};
  return finish(turn, { ...chosen, login: { accountId: person.sub, amr: ['pwd'] } });
}

/**
 * Somebody else is signed in to this browser, since before or through another tab: that session ends. (oidc-provider
 * would do it on a page that submits itself by script; our pages have none.)
 * @param {Turn} turn
 * @param {import('./people.js').Person} person
 */
async function forgetOtherPerson({ provider, req, res, interaction }, person) {
  const session = await provider.Session.get(provider.createContext(req, res));
  if (!session.accountId || session.accountId === person.sub) return;
  await session.destroy();
  interaction.session = undefined;
  await interaction.persist();
}

/** @param {Turn} turn */
async function consent(turn) {
  const { provider, interaction } = turn;
  if (interaction.prompt.name !== 'consent') return showQuestion(turn);
  const known = interaction.grantId && await provider.Grant.find(interaction.grantId);
  const grant = known || new provider.Grant({
    accountId: interaction.session.accountId,
    clientId: interaction.params.client_id,
  });
  grant.addOIDCScope(interaction.params.scope);
  return finish(turn, { consent: { grantId: await grant.save() } });
}

/**
 * @param {Turn} turn
 * @param {string} description
 */
function refuse({ provider, req, res }, description) {
  const result = { error: 'access_denied', error_description: description };
  return provider.interactionFinished(req, res, result, { mergeWithLastSubmission: false });
}

/**
 * @param {Turn} turn
 * @param {Record<string, unknown>} result
 */
function finish({ provider, req, res }, result) {
  return provider.interactionFinished(req, res, result);
}
