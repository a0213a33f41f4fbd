/**
 * Faults on demand: the next answers of an endpoint come late, wrong, or not at all.
 * By default the request is not handled at all, as when the network fails on the way in. With `handled` the provider
 * does its work first (a refresh token is rotated, a code is used up) and only the answer suffers.
 */
import { setTimeout as wait } from 'node:timers/promises';

export const ENDPOINTS = [
  'discovery', 'jwks', 'authorization', 'token', 'userinfo', 'revocation', 'end-session', 'par',
  'device-authorization', 'device', 'picture', 'metadata',
  'management',
];

export const MODES = ['status', 'delay', 'drop', 'html', 'empty', 'hang'];

/** What a hotel's network answers instead of the provider. */
const WEB_PAGE = '<!doctype html><title>Welcome</title><h1>Welcome to the guest network</h1>\n';

/**
 * @typedef {object} Fault
 * @property {string} endpoint
 * @property {string} mode
 * @property {string | undefined} method      only requests of this method suffer
 * @property {number} times                   how many answers; 0: until deleted
 * @property {boolean} handled                whether the provider does its work first
 * @property {number} status
 * @property {number} delay_ms
 * @property {string | object | undefined} body
 * @property {Record<string, string>} headers
 */

/** A request to set a fault that says something unknown. */
export class FaultError extends Error {}

export class Faults {
  /** @type {Fault[]} */
  list = [];

  /**
   * @param {any} wanted as it came over the control API
   * @returns {Fault}
   * @throws {FaultError}
   */
  add(wanted) {
    const fault = parseFault(wanted);
    this.list.push(fault);
    return fault;
  }

  clear() {
    this.list = [];
  }

  /**
   * The fault that the next answer of an endpoint suffers, oldest first; it is then used up once.
   * @param {string} endpoint
   * @param {string} method
   * @returns {Fault | undefined}
   */
  take(endpoint, method) {
    const meant = (fault) => fault.endpoint === endpoint && (fault.method ?? method) === method;
    const index = this.list.findIndex(meant);
    if (index === -1) return undefined;
    const fault = this.list[index];
    if (fault.times === 1) this.list.splice(index, 1);
    else if (fault.times > 1) fault.times -= 1;
    return fault;
  }
}

/**
 * @param {any} wanted
 * @returns {Fault}
 */
function parseFault(wanted) {
  const usual = wanted.mode === 'status' ? 503 : 200;
  const {
    endpoint, mode, method, times = 1, handled = false, status = usual, delay_ms: delay = 1000, body, headers = {},
    ...rest
  } = wanted;
  check(ENDPOINTS.includes(endpoint), `endpoint must be one of ${ENDPOINTS.join(', ')}`);
  check(MODES.includes(mode), `mode must be one of ${MODES.join(', ')}`);
  check(method === undefined || /^[A-Z]+$/.test(method), 'method must be GET, POST or the like');
  check(Number.isInteger(times) && times >= 0, 'times must be a whole number, 0 for "until deleted"');
  check(typeof handled === 'boolean', 'handled must be true or false');
  check(Number.isInteger(status) && between(status, 200, 599), 'status must be from 200 to 599');
  check(Number.isInteger(delay) && between(delay, 0, 600_000), 'delay_ms must be from 0 to 600000');
  check(body === undefined || typeof body === 'string' || isObject(body), 'body must be text or an object');
  check(isObject(headers) && Object.values(headers).every((value) => typeof value === 'string'),
    'headers must be an object of texts');
  check(Object.keys(rest).length === 0, `unknown: ${Object.keys(rest).join(', ')}`);
  return { endpoint, mode, method, times, handled, status, delay_ms: delay, body, headers };
}

/**
 * @param {boolean} holds
 * @param {string} message
 */
function check(holds, message) {
  if (!holds) throw new FaultError(message);
}

const between = (value, least, most) => value >= least && value <= most;

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Lets an answer suffer a fault.
 * @param {Fault} fault
 * @param {import('node:http').ServerResponse} res
 * @param {() => unknown} answer what the server would do without the fault
 */
export async function suffer(fault, res, answer) {
  if (fault.handled) await withheld(res, answer);
  switch (fault.mode) {
    case 'delay':
      await wait(fault.delay_ms, undefined, { ref: false });
      return fault.handled ? res.release() : answer();
    case 'drop':
      return res.socket?.destroy();
    case 'hang':
      return undefined;
    default:
      return replace(res, fault);
  }
}

/**
 * Lets the provider do its work while its answer stays here. `res.release()` sends it after all.
 * @param {import('node:http').ServerResponse & { release?: () => void }} res
 * @param {() => unknown} answer
 */
async function withheld(res, answer) {
  const { write, end } = res;
  const chunks = [];
  const collect = (chunk) => { if (chunk && typeof chunk !== 'function') chunks.push(Buffer.from(chunk)); };
  const ended = new Promise((resolve) => {
    res.write = (chunk) => { collect(chunk); return true; };
    res.end = (chunk) => { collect(chunk); resolve(undefined); return res; };
  });
  await answer();
  await ended;
  Object.assign(res, { write, end, release: () => res.end(Buffer.concat(chunks)) });
}

/**
 * @param {import('node:http').ServerResponse} res
 * @param {Fault} fault
 */
function replace(res, fault) {
  for (const name of res.getHeaderNames()) res.removeHeader(name);
  const { type, body } = instead(fault);
  res.statusCode = fault.status;
  res.setHeader('content-type', type);
  for (const [name, value] of Object.entries(fault.headers)) res.setHeader(name, value);
  res.end(body);
}

/** @param {Fault} fault */
function instead({ mode, body }) {
  if (mode === 'empty') return { type: 'application/json', body: '' };
  if (mode === 'html') return { type: 'text/html; charset=utf-8', body: typeof body === 'string' ? body : WEB_PAGE };
  if (isObject(body)) return { type: 'application/json', body: JSON.stringify(body) };
  return { type: 'text/plain; charset=utf-8', body: body ?? '' };
}
