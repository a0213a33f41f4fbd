/**
 * The command line: turned into one checked object before anything is started.
 * What cannot be understood is refused with a sentence that names the option (exit code 2), never guessed.
 */
import { parseArgs } from 'node:util';

/** The port people get when they start the demo by hand. Tests ask for 0: any free one. */
const DEFAULT_PORT = 9470;

const YEAR = 365 * 24 * 60 * 60;

/**
 * @typedef {object} Options
 * @property {number} port                 0: any free port
 * @property {number} controlPort          0: any free port
 * @property {number} accessTokenTtl       seconds
 * @property {number} idTokenTtl           seconds
 * @property {number} refreshTokenTtl      seconds
 * @property {boolean} refreshToken        whether refresh tokens are issued at all
 * @property {number} rotationGrace        how many more times a rotated refresh token may still be used
 * @property {string | undefined} scheme   one more redirect scheme of the client
 * @property {string | undefined} state    file that keeps sessions and grants across restarts
 * @property {boolean} stopWithStdin       end when standard input ends
 */

/** @type {Record<string, {whole: [number, number]} | {text: true} | {flag: true}>} */
const KNOWN = {
  port: { whole: [0, 65535] },
  'control-port': { whole: [0, 65535] },
  'access-token-ttl': { whole: [1, YEAR] },
  'id-token-ttl': { whole: [1, YEAR] },
  'refresh-token-ttl': { whole: [1, YEAR] },
  'rotation-grace': { whole: [0, 100] },
  scheme: { text: true },
  state: { text: true },
  'no-refresh-token': { flag: true },
  'stop-with-stdin': { flag: true },
  help: { flag: true },
};

export const HELP = `Usage: node server.js [options]

An identity provider for trying and testing Latchkey. For development only: the passwords and the
signing key are public. It listens on 127.0.0.1 and nowhere else.

  --port N               port of the provider, 0 for any free one (default ${DEFAULT_PORT})
  --control-port N       port of the control API, 0 for any free one
                         (default ${DEFAULT_PORT + 1}, or any free one when --port is given)
  --access-token-ttl N   life of an access token in seconds (default 300)
  --id-token-ttl N       life of an ID token in seconds (default 3600)
  --refresh-token-ttl N  life of a refresh token in seconds (default 1209600, 14 days)
  --no-refresh-token     issue no refresh tokens
  --rotation-grace N     how many more times a refresh token may be used after it was rotated (default 0)
  --scheme SCHEME        one more redirect scheme of the client, for an app of another name
  --state FILE           keep sessions, grants and keys in FILE, so that they outlive a restart
  --stop-with-stdin      end when standard input ends (for programs that start this one)
  --help                 this text

When it is ready it prints one line of JSON on standard output: the issuer, the address of the control
API, the client id and the process id. People: ada, benoit, chiyo; the password is "demo".
`;

/** A mistake on the command line, or a file or port named there that cannot be used. */
export class OptionError extends Error {}

/**
 * @param {string[]} args the command line without the program
 * @returns {Options | 'help'}
 * @throws {OptionError}
 */
export function parseOptions(args) {
  const given = collect(args);
  if (given.has('help')) return 'help';
  const whole = (name, fallback) => (given.has(name) ? wholeNumber(name, given.get(name)) : fallback);
  return {
    port: whole('port', DEFAULT_PORT),
    controlPort: whole('control-port', given.has('port') ? 0 : DEFAULT_PORT + 1),
    accessTokenTtl: whole('access-token-ttl', 300),
    idTokenTtl: whole('id-token-ttl', 3600),
    refreshTokenTtl: whole('refresh-token-ttl', 14 * 24 * 60 * 60),
    refreshToken: !given.has('no-refresh-token'),
    rotationGrace: whole('rotation-grace', 0),
    scheme: given.get('scheme'),
    state: given.get('state'),
    stopWithStdin: given.has('stop-with-stdin'),
  };
}

/**
 * Reads names and values, without looking at what the values say.
 * @param {string[]} args
 * @returns {Map<string, string>}
 */
function collect(args) {
  const options = Object.fromEntries(
    Object.entries(KNOWN).map(([name, kind]) => [name, { type: 'flag' in kind ? 'boolean' : 'string' }]),
  );
  const { tokens } = parseArgs({ args, options, strict: false, allowPositionals: true, tokens: true });
  const given = new Map();
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') throw new OptionError(`"${token.value}" is not an option`);
    const kind = KNOWN[token.name];
    if (!kind || !token.rawName.startsWith('--')) throw new OptionError(`there is no option ${token.rawName}`);
    if (given.has(token.name)) throw new OptionError(`--${token.name} is given twice`);
    if ('flag' in kind && token.value !== undefined) throw new OptionError(`--${token.name} takes no value`);
    if (!('flag' in kind) && !token.value) throw new OptionError(`--${token.name} needs a value`);
    given.set(token.name, token.value ?? '');
  }
  return given;
}

/**
 * @param {string} name
 * @param {string} text
 */
function wholeNumber(name, text) {
  const [least, most] = KNOWN[name].whole;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (!(value >= least && value <= most)) {
    throw new OptionError(`--${name} must be a whole number from ${least} to ${most}, not "${text}"`);
  }
  return value;
}
