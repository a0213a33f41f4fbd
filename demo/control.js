/**
 * The control API: lets a test, or somebody trying the demo, see what clients sent and make things go wrong.
 * JSON on a loopback port of its own. Web pages have no business here: requests that a browser marks as coming from
 * one are refused.
 */
import { asksForLoopback, BodyTooLarge, readBody, sendJson } from './http.js';
import { ENDPOINTS, FaultError, MODES } from './faults.js';
import { rotated } from './keys.js';
import { TAGS } from './metadata.js';
import { CHOICES } from './offers.js';
import { PASSWORD, PEOPLE, personBySub, pictureUrl } from './people.js';
import { PICTURE_MODES } from './pictures.js';

/** Kinds of entries that end with a grant. */
const OF_A_GRANT = ['AccessToken', 'AuthorizationCode', 'DeviceCode', 'RefreshToken', 'Grant'];

/** A request that cannot be understood. */
class BadRequest extends Error {}

/** @typedef {import('./app.js').App} App */

/** @type {Record<string, (app: App, body: any) => unknown>} */
const ROUTES = {
  'GET /': () => ({ routes: Object.keys(ROUTES), endpoints: ENDPOINTS, modes: MODES, pictures: PICTURE_MODES }),
  'GET /requests': (app) => app.journal.requests,
  'DELETE /requests': (app) => app.journal.clear(),
  'GET /issued': (app) => app.journal.issued,
  'GET /faults': (app) => app.faults.list,
  'POST /faults': (app, body) => app.faults.add(body),
  'DELETE /faults': (app) => app.faults.clear(),
  'POST /revoke': revoke,
  'POST /rotate-keys': rotateKeys,
  'POST /ttl': setLifetimes,
  'POST /picture': setPicture,
  'GET /offers': (app) => app.offers,
  'POST /offers': setOffers,
  'POST /marker': setMarker,
  'GET /people': people,
  'GET /metadata': metadata,
  'POST /metadata': changeMetadata,
  'DELETE /metadata': (app) => app.metadata.reset(),
};

/**
 * @param {App} app
 * @param {import('node:http').IncomingMessage} req
 * @param {import('node:http').ServerResponse} res
 */
export async function control(app, req, res) {
  try {
    const [status, value] = await answer(app, req);
    sendJson(res, status, value);
  } catch (error) {
    const known = error instanceof BadRequest || error instanceof FaultError;
    if (!known) console.error('demo provider, control:', error);
    sendJson(res, known ? 400 : 500, { error: error.message });
  }
}

/**
 * @param {App} app
 * @param {import('node:http').IncomingMessage} req
 * @returns {Promise<[number, unknown]>}
 */
async function answer(app, req) {
  if (fromWebPage(req)) return [403, { error: 'not for web pages' }];
  const { pathname } = new URL(req.url, 'http://127.0.0.1');
  const route = ROUTES[`${req.method} ${pathname}`];
  if (route) return [200, (await route(app, await readJson(req))) ?? { ok: true }];
  const elsewhere = Object.keys(ROUTES).some((key) => key.endsWith(` ${pathname}`));
  return elsewhere ? [405, { error: 'not with this method' }] : [404, { error: 'GET / lists what there is' }];
}

/** @param {import('node:http').IncomingMessage} req */
function fromWebPage(req) {
  const site = req.headers['sec-fetch-site'];
  return req.headers.origin !== undefined || (site !== undefined && site !== 'none') || !asksForLoopback(req);
}

/** @param {import('node:http').IncomingMessage} req */
async function readJson(req) {
  try {
    const value = JSON.parse(await readBody(req) || '{}');
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch (error) {
    if (error instanceof BodyTooLarge) throw new BadRequest('the body is too large');
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new BadRequest('the body must be a JSON object');
}

/**
 * Ends every grant of a person, or of everybody. The browser's session stays: it asks for consent again.
 * @param {App} app
 * @param {{ sub?: string }} body
 */
function revoke(app, { sub, ...rest }) {
  nothingElse(rest);
  if (sub !== undefined) somebody(sub);
  const grants = app.storage.all('Grant').filter((grant) => sub === undefined || grant.accountId === sub);
  const ids = new Set(grants.map((grant) => grant.jti));
  const kinds = new Set(OF_A_GRANT);
  app.storage.remove((key, payload) => kinds.has(key.split(':', 1)[0])
    && (ids.has(payload.grantId) || ids.has(payload.jti)));
  return { revoked: grants.length };
}

/**
 * @param {App} app
 * @param {{ drop_old?: boolean }} body
 */
async function rotateKeys(app, { drop_old: dropOld = false, ...rest }) {
  nothingElse(rest);
  if (typeof dropOld !== 'boolean') throw new BadRequest('drop_old must be true or false');
  app.useKeys(await rotated(app.keys, { dropOld }));
  return { kids: app.keys.map((key) => key.kid) };
}

/**
 * @param {App} app
 * @param {Record<string, unknown>} body
 */
function setLifetimes(app, body) {
  for (const [name, seconds] of Object.entries(body)) {
    if (!Object.hasOwn(app.lifetimes, name)) throw new BadRequest(`unknown: ${name}`);
    const valid = Number.isInteger(seconds) && seconds >= 1;
    if (!valid) throw new BadRequest(`${name} must be a whole number of seconds, at least 1`);
  }
  return Object.assign(app.lifetimes, body);
}

/**
 * @param {App} app
 * @param {{ sub?: string, mode?: string }} body
 */
function setPicture(app, { sub, mode, ...rest }) {
  nothingElse(rest);
  if (!somebody(sub).picture) throw new BadRequest(`${sub} has no picture`);
  if (!PICTURE_MODES.includes(mode)) throw new BadRequest(`mode must be one of ${PICTURE_MODES.join(', ')}`);
  app.pictures.setMode(sub, mode);
}

/**
 * What is announced and done beyond the usual, from now on.
 * @param {App} app
 * @param {Partial<import('./offers.js').Offers>} body
 */
function setOffers(app, body) {
  for (const [name, choice] of Object.entries(body)) {
    if (!Object.hasOwn(CHOICES, name)) throw new BadRequest(`unknown: ${name}`);
    if (!CHOICES[name].includes(choice)) throw new BadRequest(`${name} must be one of ${CHOICES[name].join(', ')}`);
  }
  app.offer(body);
  return app.offers;
}

/**
 * @param {App} app
 * @param {{ text?: string }} body
 */
function setMarker(app, { text, ...rest }) {
  nothingElse(rest);
  if (!app.marker.set(text)) throw new BadRequest('text must be 12 to 1,024 letters, digits, "-" or "_"');
}

/** @param {App} app */
function metadata(app) {
  return Object.fromEntries(PEOPLE.map(({ sub }) => [sub, app.metadata.of(sub)]));
}

/**
 * Changes somebody's data as if from elsewhere, or how its versions are told.
 * @param {App} app
 * @param {{ sub?: string, set?: Record<string, unknown>, tags?: string }} body
 */
function changeMetadata(app, { sub, set, tags, ...rest }) {
  nothingElse(rest);
  if (tags !== undefined && !TAGS.includes(tags)) throw new BadRequest(`tags must be one of ${TAGS.join(', ')}`);
  const isObject = typeof set === 'object' && set !== null && !Array.isArray(set);
  if (set !== undefined && !isObject) throw new BadRequest('set must be an object; null removes a field');
  if (set !== undefined) app.metadata.change(somebody(sub).sub, set);
  app.metadata.tags = tags ?? app.metadata.tags;
  return metadata(app);
}

/** @param {App} app */
function people(app) {
  return PEOPLE.map((person) => ({
    ...person,
    login: person.sub,
    password: PASSWORD,
    picture: person.picture && pictureUrl(person, app.issuer),
  }));
}

/** @param {string | undefined} sub */
function somebody(sub) {
  const person = personBySub(sub);
  if (!person) throw new BadRequest(`sub must be one of ${PEOPLE.map((known) => known.sub).join(', ')}`);
  return person;
}

/** @param {object} rest */
function nothingElse(rest) {
  if (Object.keys(rest).length) throw new BadRequest(`unknown: ${Object.keys(rest).join(', ')}`);
}
