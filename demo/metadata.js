/**
 * What people may edit about themselves, served in two ways: as a JSON resource (`/me/metadata`: GET and PATCH with a
 * JSON merge patch, RFC 7396, and entity tags), and as Auth0's Management API does (`/api/v2/users/{id}`). Both are
 * the same data, and both look at the access token: its person, its scopes and, for the second, its audience.
 */
import { PEOPLE } from './people.js';
import { send } from './http.js';

/** How entity tags are given on `/me/metadata`. */
export const TAGS = ['strong', 'weak', 'none'];

/** The scope of `/me/metadata`. */
const SCOPE = 'metadata';

const PROBLEM = 'application/problem+json; charset=utf-8';

const now = () => Math.floor(Date.now() / 1000);

/** The data of all people, with a number that counts its changes. */
export class Metadata {
  /** How the next answers are tagged: one of TAGS. */
  tags = 'strong';

  #storage;

  /** @param {import('./storage.js').Storage} storage */
  constructor(storage) {
    this.#storage = storage;
  }

  /**
   * @param {string} sub
   * @returns {{ fields: Record<string, unknown>, version: number }}
   */
  of(sub) {
    const person = PEOPLE.find((known) => known.sub === sub);
    return this.#storage.get(`Metadata:${sub}`) ?? { fields: structuredClone(person.user_metadata), version: 1 };
  }

  /**
   * Merges on the first level, where null removes; deeper for a merge patch.
   * @param {string} sub
   * @param {Record<string, unknown>} patch
   * @param {(target: any, patch: any) => any} merge
   */
  change(sub, patch, merge = mergePatch) {
    const { fields, version } = this.of(sub);
    this.#storage.set(`Metadata:${sub}`, { fields: merge(fields, patch), version: version + 1 });
  }

  /** Everybody's data as it was at first. */
  reset() {
    this.#storage.remove((key) => key.startsWith('Metadata:'));
    this.tags = 'strong';
  }

  /** @param {number} version */
  tag(version) {
    return { strong: `"v${version}"`, weak: `W/"v${version}"`, none: undefined }[this.tags];
  }
}

/**
 * RFC 7396, section 2.
 * @param {any} target
 * @param {any} patch
 */
export function mergePatch(target, patch) {
  if (!isObject(patch)) return patch;
  const merged = isObject(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name];
    else define(merged, name, mergePatch(Object.hasOwn(merged, name) ? merged[name] : undefined, value));
  }
  return merged;
}

/**
 * Auth0: the first level is merged, null removes, objects are replaced.
 * @param {any} target
 * @param {any} patch
 */
export function mergeFirstLevel(target, patch) {
  const merged = { ...target };
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name];
    else define(merged, name, value);
  }
  return merged;
}

const define = (object, name, value) => Object.defineProperty(object, name, {
  value, configurable: true, enumerable: true, writable: true,
});

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * @param {object} turn
 * @param {import('./app.js').App} turn.app
 * @param {import('node:http').IncomingMessage} turn.req
 * @param {import('node:http').ServerResponse} turn.res
 * @param {string} turn.body
 */
export function serveResource({ app, req, res, body }) {
  const token = tokenOf(app, req);
  if (!token) return unauthorized(res);
  if (!token.scopes.has(SCOPE)) return forbidden(res, SCOPE);
  if (req.method === 'GET') return answerResource(app, res, token.sub);
  if (req.method !== 'PATCH') return problem(res, 405, 'not with this method');
  if (!/^application\/merge-patch\+json\b/i.test(req.headers['content-type'] ?? '')) {
    return problem(res, 415, 'the patch must be application/merge-patch+json');
  }
  const patch = parse(body);
  if (!patch) return problem(res, 400, 'the patch must be a JSON object');
  const condition = req.headers['if-match'];
  // If-Match compares strongly (RFC 9110, section 13.1.1): a weak tag never matches.
  const current = app.metadata.tag(app.metadata.of(token.sub).version);
  if (condition !== undefined && condition !== '*' && (condition !== current || condition.startsWith('W/'))) {
    return problem(res, 412, 'the data has changed');
  }
  const errors = mistakes(patch);
  if (errors.length) return problem(res, 422, 'not all of it can be taken', errors);
  app.metadata.change(token.sub, patch);
  return answerResource(app, res, token.sub);
}

/**
 * @param {object} turn
 * @param {import('./app.js').App} turn.app
 * @param {import('node:http').IncomingMessage} turn.req
 * @param {import('node:http').ServerResponse} turn.res
 * @param {URL} turn.url
 * @param {string} turn.body
 */
export function serveManagement({ app, req, res, url, body }) {
  const token = tokenOf(app, req);
  if (!token || token.audience !== `${app.issuer}/api/v2/`) return auth0Error(res, 401, 'Invalid token');
  const id = decode(url.pathname.slice('/api/v2/users/'.length));
  const needed = { GET: 'read:current_user', PATCH: 'update:current_user_metadata' }[req.method];
  if (!needed) return auth0Error(res, 404, 'Not Found');
  if (!token.scopes.has(needed) || id !== token.sub) {
    return auth0Error(res, 403, `Insufficient scope, expected any of: ${needed}`, 'insufficient_scope');
  }
  if (req.method === 'PATCH') {
    const patch = parse(body)?.user_metadata;
    const mistake = isObject(patch) ? mistakes(patch)[0] : { detail: 'user_metadata must be an object' };
    if (mistake) return auth0Error(res, 400, `Payload validation error: '${mistake.detail}'.`, 'invalid_body');
    app.metadata.change(id, patch, mergeFirstLevel);
  }
  return sendData(res, { user_metadata: app.metadata.of(id).fields });
}

/** What this server does not take, to have something to refuse. */
function mistakes(patch) {
  return Object.entries(patch).flatMap(([name, value]) => {
    const refuse = (detail) => [{ pointer: `#/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, detail }];
    if (name === 'first_name' && (value === null || value === '')) return refuse('a first name is needed');
    if (name === 'seats' && typeof value === 'number' && value > 100) return refuse('at most 100 seats');
    return [];
  });
}

function answerResource(app, res, sub) {
  const { fields, version } = app.metadata.of(sub);
  const tag = app.metadata.tag(version);
  if (tag) res.setHeader('etag', tag);
  return sendData(res, fields);
}

/**
 * The person, scopes and audience of a live access token of ours.
 * @param {import('./app.js').App} app
 * @param {import('node:http').IncomingMessage} req
 */
function tokenOf(app, req) {
  const value = /^Bearer ([\w.~+/=-]+)$/i.exec(req.headers.authorization ?? '')?.[1];
  const token = value && app.storage.get(`AccessToken:${value}`);
  if (!token || token.exp <= now()) return undefined;
  return {
    sub: token.accountId,
    scopes: new Set((token.scope ?? '').split(' ')),
    audience: app.storage.get(`Audience:${token.grantId}`)?.audience,
  };
}

const unauthorized = (res) => {
  res.setHeader('www-authenticate', 'Bearer error="invalid_token"');
  return problem(res, 401, 'no usable access token');
};

const forbidden = (res, scope) => {
  res.setHeader('www-authenticate', `Bearer error="insufficient_scope", scope="${scope}"`);
  return problem(res, 403, 'the access token does not allow this');
};

/** RFC 9457. */
function problem(res, status, title, errors) {
  return send(res, status, PROBLEM, JSON.stringify({ status, title, ...(errors && { errors }) }));
}

function auth0Error(res, statusCode, message, errorCode) {
  const error = { 400: 'Bad Request', 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found' }[statusCode];
  res.setHeader('cache-control', 'no-store');
  return send(res, statusCode, 'application/json; charset=utf-8', JSON.stringify({ statusCode, error, message, errorCode }));
}

function sendData(res, value) {
  res.setHeader('cache-control', 'no-store');
  return send(res, 200, 'application/json; charset=utf-8', JSON.stringify(value));
}

function parse(body) {
  try {
    const value = JSON.parse(body);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
