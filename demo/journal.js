/**
 * What clients sent and what was handed out to them, for tests to read.
 * It holds secrets in clear text on purpose: a test searches the app's files and logs for each of them.
 */

/** Older entries are dropped beyond this. */
const KEPT = 10_000;

/**
 * @typedef {object} Entry
 * @property {number} at               milliseconds since 1970
 * @property {string} endpoint
 * @property {string} method
 * @property {string} path
 * @property {Record<string, string | string[]>} params   query and form; a repeated one is a list
 * @property {string} user_agent
 * @property {number | null} status    null: not answered yet; 0: the connection ended without an answer
 */

export class Journal {
  /** @type {Entry[]} */
  requests = [];

  /** @type {{ kind: string, value: string }[]} */
  issued = [];

  /**
   * @param {object} request
   * @param {string} request.endpoint
   * @param {import('node:http').IncomingMessage} request.req
   * @param {import('node:http').ServerResponse} request.res
   * @param {URL} request.url
   * @param {string} request.body
   */
  record({ endpoint, req, res, url, body }) {
    /** @type {Entry} */
    const entry = {
      at: Date.now(),
      endpoint,
      method: req.method,
      path: url.pathname,
      params: parameters(url, req.headers['content-type'], body),
      user_agent: req.headers['user-agent'] ?? '',
      status: null,
    };
    keep(this.requests, entry);
    res.on('finish', () => { entry.status = res.statusCode; });
    res.on('close', () => { entry.status ??= 0; });
  }

  clear() {
    this.requests = [];
  }

  /** Notes every code and token a provider hands out. */
  listen(provider) {
    // Of a sign-in on another device nothing is handed out to the browser.
    provider.on('authorization.success', (ctx, out) => this.#handedOut({ code: out?.code }));
    provider.on('device_authorization.success', (ctx, out) => this.#handedOut({ device_code: out.device_code }));
    provider.on('grant.success', (ctx) => {
      const { access_token, refresh_token, id_token } = ctx.body;
      this.#handedOut({ access_token, refresh_token, id_token });
    });
  }

  /** @param {Record<string, string | undefined>} secrets */
  #handedOut(secrets) {
    for (const [kind, value] of Object.entries(secrets)) {
      if (value) keep(this.issued, { kind, value });
    }
  }
}

/**
 * @param {unknown[]} list
 * @param {unknown} item
 */
function keep(list, item) {
  list.push(item);
  if (list.length > KEPT) list.shift();
}

/**
 * @param {URL} url
 * @param {string | undefined} type
 * @param {string} body
 */
function parameters(url, type, body) {
  const pairs = [...url.searchParams];
  if (type?.startsWith('application/x-www-form-urlencoded')) pairs.push(...new URLSearchParams(body));
  const all = Object.create(null);
  for (const [name, value] of pairs) {
    all[name] = name in all ? [all[name], value].flat() : value;
  }
  return all;
}
