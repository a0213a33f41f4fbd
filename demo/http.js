/**
 * Small things every part needs that speaks HTTP: bodies in, pages and JSON out, who may ask.
 */

const BODY_LIMIT = 64 * 1024;

/** The body of a request is larger than anything this server has a use for. */
export class BodyTooLarge extends Error {}

/**
 * @param {import('node:http').IncomingMessage} req
 * @returns {Promise<string>}
 */
export async function readBody(req) {
  const chunks = [];
  let length = 0;
  for await (const chunk of req) {
    length += chunk.length;
    if (length > BODY_LIMIT) throw new BodyTooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * The address a browser was told to open must be ours. Without this a web page elsewhere could point a name of its own
 * at 127.0.0.1 and talk to this server as if it were its own (DNS rebinding).
 * @param {import('node:http').IncomingMessage} req
 */
export function asksForLoopback(req) {
  return req.headers.host === `127.0.0.1:${req.socket.localPort}`;
}

/** Headers of every page. `formTargets`: where a form may lead besides this server. */
export function pageHeaders(formTargets = '') {
  return {
    'content-security-policy':
      `default-src 'none'; style-src 'self'; img-src 'self'; form-action ${`'self' ${formTargets}`.trim()}; ` +
      "base-uri 'none'; frame-ancestors 'none'",
    'cache-control': 'no-store',
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  };
}

/**
 * @param {import('node:http').ServerResponse} res
 * @param {number} status
 * @param {string} html
 * @param {string} [formTargets]
 */
export function sendPage(res, status, html, formTargets) {
  for (const [name, value] of Object.entries(pageHeaders(formTargets))) res.setHeader(name, value);
  send(res, status, 'text/html; charset=utf-8', html);
}

/**
 * @param {import('node:http').ServerResponse} res
 * @param {number} status
 * @param {unknown} value
 */
export function sendJson(res, status, value) {
  res.setHeader('cache-control', 'no-store');
  send(res, status, 'application/json; charset=utf-8', JSON.stringify(value));
}

/**
 * @param {import('node:http').ServerResponse} res
 * @param {number} status
 * @param {string} type
 * @param {string | Buffer} body
 */
export function send(res, status, type, body) {
  res.statusCode = status;
  res.setHeader('content-type', type);
  res.setHeader('content-length', Buffer.byteLength(body));
  if (!res.hasHeader('cache-control')) res.setHeader('cache-control', 'no-cache');
  res.setHeader('x-content-type-options', 'nosniff');
  res.end(body);
}
