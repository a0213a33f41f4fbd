/**
 * The provider as a web server: every request is written down, may suffer a fault, and then goes to the right part.
 */
import { readFileSync } from 'node:fs';

import { createProvider } from './provider.js';
import { Faults, suffer } from './faults.js';
import { asksForLoopback, BodyTooLarge, readBody, send, sendPage } from './http.js';
import { interact } from './interactions.js';
import { Journal } from './journal.js';
import { firstKeys } from './keys.js';
import { Marker } from './marker.js';
import { Metadata, serveManagement, serveResource } from './metadata.js';
import { usualOffers } from './offers.js';
import { notFoundPage } from './pages/problem.js';
import { startPage } from './pages/start.js';
import { Pictures } from './pictures.js';

/** Paths and the names they have in the control API. */
const ENDPOINTS = new Map([
  ['/.well-known/openid-configuration', 'discovery'],
  ['/.well-known/oauth-authorization-server', 'discovery'],
  ['/jwks', 'jwks'],
  ['/authorize', 'authorization'],
  ['/token', 'token'],
  ['/userinfo', 'userinfo'],
  ['/revoke', 'revocation'],
  ['/par', 'par'],
  ['/device-authorization', 'device-authorization'],
  ['/device', 'device'],
  ['/end-session', 'end-session'],
  ['/end-session/confirm', 'end-session-confirm'],
  ['/end-session/success', 'end-session-success'],
  ['/me/metadata', 'metadata'],
]);

const FILES = {
  '/style.css': 'text/css; charset=utf-8',
  '/icon.svg': 'image/svg+xml',
};

/** One running provider and everything that belongs to it. */
export class App {
  journal = new Journal();

  faults = new Faults();

  pictures = new Pictures();

  marker = new Marker();

  #provider;

  /** The end of the token request before: they are handled one at a time, or two at once could both use a token. */
  #tokenTurn = Promise.resolve();

  /**
   * @param {object} parts
   * @param {string} parts.issuer
   * @param {import('./options.js').Options} parts.options
   * @param {import('./storage.js').Storage} parts.storage
   */
  constructor({ issuer, options, storage }) {
    this.issuer = issuer;
    this.options = options;
    this.storage = storage;
    this.metadata = new Metadata(storage);
    this.lifetimes = {
      access_token: options.accessTokenTtl,
      id_token: options.idTokenTtl,
      refresh_token: options.refreshTokenTtl,
      device_code: 600,
    };
    this.offers = usualOffers();
    this.#provider = createProvider(this);
  }

  get keys() {
    return this.storage.keys ?? firstKeys();
  }

  /** @param {import('node:crypto').JsonWebKey[]} keys the first one signs */
  useKeys(keys) {
    this.storage.keys = keys;
    this.#provider = createProvider(this);
  }

  /** @param {Partial<import('./offers.js').Offers>} offers from now on */
  offer(offers) {
    Object.assign(this.offers, offers);
    this.#provider = createProvider(this);
  }

  /**
   * @param {import('node:http').IncomingMessage} req
   * @param {import('node:http').ServerResponse} res
   */
  async handle(req, res) {
    try {
      if (!asksForLoopback(req)) return send(res, 421, 'text/plain; charset=utf-8', `ask for ${this.issuer}\n`);
      const url = new URL(req.url, this.issuer);
      const endpoint = endpointOf(url.pathname);
      const body = await readBody(req);
      this.journal.record({ endpoint, req, res, url, body });
      const answer = () => this.#answer({ req, res, url, endpoint, body });
      const fault = this.faults.take(endpoint, req.method);
      return await (fault ? suffer(fault, res, answer) : answer());
    } catch (error) {
      if (req.errored) return undefined; // the client has gone
      if (!(error instanceof BodyTooLarge)) console.error('demo provider:', error);
      if (res.headersSent) return res.destroy();
      return send(res, error instanceof BodyTooLarge ? 413 : 500, 'text/plain; charset=utf-8', 'it did not work\n');
    }
  }

  #answer({ req, res, url, endpoint, body }) {
    const path = url.pathname;
    switch (endpoint) {
      case 'start': return sendPage(res, 200, startPage());
      case 'file': return send(res, 200, FILES[path], readFileSync(new URL(`pages${path}`, import.meta.url)));
      case 'picture': return this.pictures.serve(path.slice('/pictures/'.length), res);
      case 'interaction': return interact({
        path: path.slice('/interaction/'.length),
        form: new URLSearchParams(body),
        provider: this.#provider,
        options: this.options,
        req,
        res,
      });
      case 'metadata': return serveResource({ app: this, req, res, body });
      case 'management': return serveManagement({ app: this, req, res, url, body });
      case 'unknown': return sendPage(res, 404, notFoundPage());
      default:
        // The body has been read for the journal; this is where oidc-provider looks for it then.
        req.body = body;
        return endpoint === 'token' ? this.#inTurn(req, res) : this.#provider.callback()(req, res);
    }
  }

  #inTurn(req, res) {
    this.#tokenTurn = this.#tokenTurn.then(() => this.#provider.callback()(req, res));
    return this.#tokenTurn;
  }
}

/** @param {string} path */
function endpointOf(path) {
  if (path === '/') return 'start';
  if (path in FILES) return 'file';
  if (path.startsWith('/pictures/')) return 'picture';
  if (path.startsWith('/interaction/')) return 'interaction';
  if (path.startsWith('/authorize/') || path.startsWith('/device/')) return 'resume';
  if (path.startsWith('/api/v2/users/')) return 'management';
  return ENDPOINTS.get(path) ?? 'unknown';
}
