#!/usr/bin/env node
/**
 * The demo identity provider's command: reads the options, listens on 127.0.0.1, says when it is ready.
 * Standard output carries the one line of JSON that says so, and nothing else.
 */
import { Console } from 'node:console';
import { createServer } from 'node:http';

import { HELP, OptionError, parseOptions } from './options.js';

const LOOPBACK = '127.0.0.1';

/** Idle connections stay open this long, in milliseconds, so that no client meets one that is just being closed. */
const KEEP_ALIVE = 120_000;

/** Remarks of oidc-provider that are expected here: it is a development server, and it runs on every Node from 20. */
const EXPECTED = /^oidc-provider WARNING: (Unsupported runtime|already parsed request body)/;

keepStandardOutputClean();
try {
  const options = parseOptions(process.argv.slice(2));
  if (options === 'help') process.stdout.write(HELP);
  else await start(options);
} catch (error) {
  if (!(error instanceof OptionError)) throw error;
  process.stderr.write(`demo provider: ${error.message}\nTry --help.\n`);
  process.exitCode = 2;
}

function keepStandardOutputClean() {
  const errors = new Console(process.stderr);
  const warn = (text, ...more) => { if (!EXPECTED.test(text)) errors.warn(text, ...more); };
  Object.assign(console, { log: errors.log, info: errors.info, debug: errors.debug, warn });
}

/** @param {import('./options.js').Options} options */
async function start(options) {
  // Loaded late: --help and mistakes are answered without them.
  const [{ App }, { control }, { CLIENT_ID }, { Storage }] = await Promise.all([
    import('./app.js'), import('./control.js'), import('./client.js'), import('./storage.js'),
  ]);
  const storage = new Storage(options.state);
  const provider = await listen(options.port, '--port');
  const controller = await listen(options.controlPort, '--control-port').catch((error) => {
    provider.server.close();
    throw error;
  });
  const app = new App({ issuer: provider.address, options, storage });
  provider.server.on('request', (req, res) => app.handle(req, res));
  controller.server.on('request', (req, res) => control(app, req, res));
  endOnSignal([provider.server, controller.server], options);
  const ready = {
    event: 'ready',
    issuer: app.issuer,
    control: controller.address,
    client_id: CLIENT_ID,
    pid: process.pid,
  };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
}

/**
 * @param {number} port
 * @param {string} option the option that named the port
 */
async function listen(port, option) {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE });
  await new Promise((resolve, reject) => {
    server.once('error', (error) => reject(new OptionError(`${option} ${port}: ${reason(error)}`, { cause: error })));
    server.listen({ port, host: LOOPBACK, exclusive: true }, () => resolve(undefined));
  });
  return { server, address: `http://${LOOPBACK}:${server.address().port}` };
}

/** @param {NodeJS.ErrnoException} error */
function reason(error) {
  if (error.code !== 'EADDRINUSE') return error.message;
  return 'something else listens there already; choose another port, or 0 for any free one';
}

/**
 * @param {import('node:http').Server[]} servers
 * @param {import('./options.js').Options} options
 */
function endOnSignal(servers, options) {
  const end = () => {
    for (const server of servers) {
      server.close();
      server.closeAllConnections();
    }
    process.stdin.destroy();
  };
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
  if (options.stopWithStdin) process.stdin.once('end', end).once('error', end).resume();
}
